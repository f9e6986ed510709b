import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { Page } from './page.ts'
import { startMain } from './start-main.ts'
import { isAlive, parseUrl, until } from './support.ts'

test.each(['SIGINT', 'SIGTERM'] as const)(
  'main.js prints its URL, and ends all with code 0 at %s',
  async (signal) => {
    const main = await startMain(['--port', '0'])
    const page = await Page.open(parseUrl(await main.url()))
    const { pid } = await page.start('console.log(`cwd ${process.cwd()}.`); setInterval(() => {}, 1000)')
    await page.printed('.\n')
    const directory = /cwd (.*)\./.exec(page.output())?.[1] ?? ''
    const processes = [pid, ...childrenOf(main.pid)]
    main.kill(signal)
    expect(await main.exited).toEqual([0, null])
    await until(() => !processes.some(isAlive))
    expect(existsSync(directory)).toBe(false)
    expect(main.stdout()).toMatch(
      /^The playground is ready at http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{32}\n$/,
    )
    expect(main.stderr()).toBe(
      'Programs run without walls, as you: PLAY_RUNNER is "plain". Start without it for sandboxes.\n',
    )
  },
)

test('programs end when main.js is killed', async () => {
  const main = await startMain(['--port', '0'])
  const page = await Page.open(parseUrl(await main.url()))
  const { pid } = await page.start(`
    import { spawn } from 'node:child_process'
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
    console.log(process.cwd(), child.pid)
    setInterval(() => {}, 1000)`)
  await page.printed('\n')
  const [directory = '', child] = page.output().split(' ')
  // Nobody is left to remove it.
  onTestFinished(() => rm(directory, { recursive: true }))
  main.kill('SIGKILL')
  await until(() => !isAlive(pid) && !isAlive(Number(child)))
})

test.each([
  { name: '--port', args: (port: number) => ['--port', String(port)], env: () => ({}) },
  { name: 'PORT', args: () => [], env: (port: number) => ({ PORT: String(port) }) },
])('main.js says in one line that the port of $name is taken', async ({ args, env }) => {
  const port = await takePort(0)
  const main = await startMain(args(port), env(port))
  expect(await main.exited).toEqual([1, null])
  expect(main.stderr()).toBe(
    `Port ${port} is already in use: stop the program that uses it, or choose another one with --port\n`,
  )
  expect(main.stdout()).toBe('')
})

test('main.js takes the next port when its default one is taken, and says so', async () => {
  // If another program on this machine has it already, that serves as well.
  await takePort(8000).catch(() => undefined)
  const main = await startMain([])
  const { port } = parseUrl(await main.url())
  expect(port).toBeGreaterThan(8000)
  expect(main.stdout()).toContain('Port 8000 is already in use, trying 8001\n')
})

test.each([
  { args: ['--port', 'abc'], line: 'Cannot use port "abc": a number from 0 to 65535 is required' },
  { args: ['--port', '65536'], line: 'Cannot use port "65536": a number from 0 to 65535 is required' },
  {
    args: ['--docs', '/nowhere'],
    line: 'No docs in "/nowhere": a built site is required, which npm start makes',
  },
  { args: ['--hosted'], line: "Unknown option '--hosted'" },
])('main.js $args ends with code 1 and one line', async ({ args, line }) => {
  const main = await startMain(args)
  expect(await main.exited).toEqual([1, null])
  expect(main.stderr()).toBe(`${line}\n`)
})

test('more connections than there are descriptors do not end main.js', { timeout: 15_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'few-descriptors-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const node = join(folder, 'node')
  const script = `#!/bin/sh\nulimit -n 1200\nexec "${process.execPath}" "$@"\n`
  await writeFile(node, script, { mode: 0o755 })
  const main = await startMain(['--port', '0'], { PLAY_RUNNER: undefined }, { node })
  const server = parseUrl(await main.url())
  const page = await Page.open(server)
  await page.start('process.stdin.pipe(process.stdout)')
  const sockets = Array.from({ length: 1300 }, () =>
    connect(server.port, '127.0.0.1').on('error', () => undefined),
  )
  await setTimeout(2500)
  page.send({ type: 'input', run: 1, data: 'served' })
  await page.printed('served')
  for (const socket of sockets) socket.destroy()
})

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number)
}

async function takePort(port: number): Promise<number> {
  const server = createServer().listen(port, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
  })
  return (server.address() as AddressInfo).port
}
