import { once } from 'node:events'
import { expect, test, vi } from 'vitest'
import { startExample } from '../interop/tools.ts'
import { exchange, plainClient, receiveAll } from '../server-lib/support.ts'

// Programs, threads and processes start as fast as the machine lets them.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

test('table-of-requests.ts serves whoever has sent something, while the requests of others stay partly finished', async () => {
  await using program = await startExample('table-of-requests.ts')
  const slow = await plainClient(program.address)
  slow.write('1\n2')
  const slower = await plainClient(program.address)
  const sums = await Promise.all([10, 20, 30].map((start) => exchange(program.address, `${start}\n1\n2\n`)))
  expect(sums).toEqual(['13\n', '23\n', '33\n'])

  slow.end('0\n300')
  expect(await receiveAll(slow)).toBe('321\n')
  slower.end()
  expect(await receiveAll(slower)).toBe('0\n')
})

test('table-of-requests.ts goes on when a client vanishes in the middle of its request', async () => {
  await using program = await startExample('table-of-requests.ts')
  const vanishing = await plainClient(program.address)
  vanishing.write('1\n')
  expect(await exchange(program.address, '2\n')).toBe('2\n')
  vanishing.resetAndDestroy()
  await once(vanishing, 'close')
  expect(await exchange(program.address, '3\n')).toBe('3\n')
})
