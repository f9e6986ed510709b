import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')

/** Where nobody built before, npm start builds first. */
const START_TIMEOUT_MS = 60_000

test.each(['SIGINT', 'SIGTERM'] as const)(
  'npm start serves the docs until %s, then ends with code 0 and leaves nothing behind',
  async (signal) => {
    const npm = spawn('npm', ['start', '--', '--port', '0'], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    onTestFinished(() => void npm.kill())
    const exited = once(npm, 'exit')
    const address = await addressIn(npm.stdout)
    expect((await fetch(address)).status).toBe(200)

    npm.kill(signal)

    expect(await exited).toEqual([0, null])
    await expect(fetch(address)).rejects.toThrow()
  },
  START_TIMEOUT_MS,
)

test('npm test names its parts when it is asked for one that there is not', async () => {
  const script = spawn(process.execPath, [join(ROOT, 'scripts/test.mjs'), 'nonsense'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [exit, output, complaint] = await Promise.all([
    once(script, 'exit'),
    text(script.stdout),
    text(script.stderr),
  ])
  expect(complaint).toBe('Unknown part "nonsense": usage is npm test -- [types] [lint] [unit] [e2e]\n')
  expect(output).toBe('0 passed, 0 failed, 0 skipped\n')
  expect(exit).toEqual([1, null])
})

async function addressIn(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface(output)) {
    const [address] = /http:\S+/.exec(line) ?? []
    if (address !== undefined) return address
  }
  return expect.fail('npm start ended without an address')
}
