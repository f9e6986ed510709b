import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import { startExample } from '../interop/tools.ts'
import { exchange } from '../server-lib/support.ts'

// Programs, threads and processes start as fast as the machine lets them.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const TSX = fileURLToPath(import.meta.resolve('tsx/cli'))

test('forking-counter.ts shows that what a child counts never reaches the parent, and ends', async () => {
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [TSX, 'docs/examples/forking-counter.ts'],
    { cwd: ROOT },
  )
  const pids = [...stdout.matchAll(/process (\d+)/g)].map(([, pid]) => pid)
  expect(stdout.replaceAll(/process \d+/g, 'process')).toBe(
    'Received: count is 1, in process\n' +
      'Received: count is 1, in process\n' +
      'The server in process has counted 0\n' +
      'Received: count is 11, in process\n',
  )
  expect(new Set(pids).size).toBe(4)
  expect(stderr).toBe('')
})

test('explicit-fork.ts serves a small request itself while a child counts for a large one', async () => {
  await using program = await startExample('explicit-fork.ts')
  const order: string[] = []
  const ask = async (limit: number) => {
    const reply = await exchange(program.address, `${limit}\n`)
    order.push(reply.replace(/ \d+\n$/, ''))
    return Number(/(\d+)\n$/.exec(reply)?.[1])
  }
  const large = ask(3_000_000)
  const server = await ask(100)
  const child = await large
  expect(order).toEqual([
    '25 primes up to 100, counted by process',
    '216816 primes up to 3000000, counted by process',
  ])
  expect(program.output()).toContain(`Process ${server} counts`)
  expect(child).not.toBe(server)
})
