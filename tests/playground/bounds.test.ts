import { once } from 'node:events'
import { ACKNOWLEDGE_EVERY_BYTES } from '@playground/protocol'
import { expect, test } from 'vitest'
import { Page } from './page.ts'
import { isAlive, openServer, until } from './support.ts'

const WAITS = 'setInterval(() => {}, 1000)'
const REPEATED = '{"type":"message","number":1,"received":0,"message":{"type":"stop","run":1}}'

test('messages past the rate are refused in words, and the session lives', async () => {
  const page = await Page.open(await openServer({ PLAY_MESSAGES_PER_SECOND: '5' }))
  const { run } = await page.start('process.stdin.pipe(process.stdout)')
  for (let count = 0; count < 25; count += 1) page.send({ type: 'input', run, data: 'x' })
  expect(await page.message('refused', run)).toMatchObject({
    code: 'too-many-messages',
    message: 'A page may send 5 messages a second: send it again later',
  })
  const ends = (): boolean => {
    page.send({ type: 'end-input', run })
    return page.messages.some(({ type }) => type === 'exited')
  }
  await expect.poll(ends, { interval: 500, timeout: 4000 }).toBe(true)
})

test('a page that goes on past the rate is disconnected in words, with its programs', async () => {
  const page = await Page.open(await openServer({ PLAY_MESSAGES_PER_SECOND: '5' }))
  const { run, pid } = await page.start(WAITS)
  for (let count = 0; count < 100; count += 1) page.send({ type: 'interrupt', run })
  expect(await page.frame('closing')).toMatchObject({ code: 'too-many-messages' })
  await until(() => !isAlive(pid))
})

test.each([
  { name: 'what is no message', frame: 'x' },
  { name: 'hellos', frame: '{"type":"hello"}' },
  { name: 'signs of life', frame: '{"type":"active"}' },
  { name: 'messages that it has sent before', frame: REPEATED },
  { name: 'acknowledgements of nothing', frame: '{"type":"drawn","run":1,"bytes":40000,"received":0}' },
])('a page that floods the server with $name is disconnected', async ({ frame }) => {
  const page = await Page.open(await openServer({ PLAY_MESSAGES_PER_SECOND: '5' }))
  page.send({ type: 'stop', run: 1 })
  for (let count = 0; count < 100; count += 1) page.webSocket.send(frame)
  const [code] = (await once(page.webSocket, 'close')) as [number]
  expect(code).toBe(1008)
})

test('acknowledging a flood is not held against a page', async () => {
  const page = await Page.open(await openServer({ PLAY_MESSAGES_PER_SECOND: '1' }))
  const { run } = await page.start(`process.stdout.write('x'.repeat(${100 * ACKNOWLEDGE_EVERY_BYTES}))`)
  await page.message('exited', run)
  expect(page.outputBytes).toBe(100 * ACKNOWLEDGE_EVERY_BYTES)
  expect(page.messages.filter(({ type }) => type === 'refused')).toEqual([])
})

test('a session that nobody uses is warned, and then ends in words with its programs', async () => {
  const page = await Page.open(await openServer({ PLAY_IDLE_MS: '400' }))
  const { pid } = await page.start(`setInterval(() => console.log('busy'), 20)`)
  const { endsInMs } = await page.frame('idle')
  expect(endsInMs).toBeGreaterThan(100)
  expect(endsInMs).toBeLessThanOrEqual(200)
  expect(await page.frame('closing')).toMatchObject({ code: 'idle' })
  await until(() => !isAlive(pid))
})

test('a reader who does something keeps the session', async () => {
  const page = await Page.open(await openServer({ PLAY_IDLE_MS: '300' }))
  const { pid } = await page.start(WAITS)
  for (let warning = 1; warning <= 3; warning += 1) {
    await until(() => page.frames.filter(({ type }) => type === 'idle').length === warning)
    page.sendFrame({ type: 'active' })
  }
  expect(isAlive(pid)).toBe(true)
  await page.frame('closing')
})

test('sessions for an address are counted behind a proxy by what the proxy says, and by nothing before', async () => {
  const server = await openServer({ PLAY_SESSIONS_PER_ADDRESS: '1', PLAY_PROXIES: '1' })
  const from = (addresses: string) => Page.open(server, { headers: { 'X-Forwarded-For': addresses } })
  await from('203.0.113.7')
  await from('203.0.113.8')
  await expect(from('198.51.100.1, 203.0.113.7')).rejects.toThrow(
    'Busy: your network has 1 of 1 sessions open',
  )
  await expect(from('203.0.113.9, 203.0.113.8')).rejects.toThrow('Busy')
})

test.each([
  { name: 'an IPv4 address in an IPv6 one', first: '203.0.113.7', second: '::ffff:203.0.113.7', same: true },
  { name: 'one network of IPv6', first: '2001:db8:1:2::1', second: '2001:db8:1:2:ffff:0:0:9', same: true },
  { name: 'two networks of IPv6', first: '2001:db8:1:2::1', second: '2001:db8:1:3::1', same: false },
])('$name counts as the same address: $same', async ({ first, second, same }) => {
  const server = await openServer({ PLAY_SESSIONS_PER_ADDRESS: '1', PLAY_PROXIES: '1' })
  const from = (address: string) => Page.open(server, { headers: { 'X-Forwarded-For': address } })
  await from(first)
  if (same) await expect(from(second)).rejects.toThrow('Busy')
  else await expect(from(second)).resolves.toBeInstanceOf(Page)
})

test('without proxies X-Forwarded-For is what anybody may have written', async () => {
  const server = await openServer({ PLAY_SESSIONS_PER_ADDRESS: '1' })
  await Page.open(server, { headers: { 'X-Forwarded-For': '203.0.113.7' } })
  await expect(Page.open(server, { headers: { 'X-Forwarded-For': '203.0.113.8' } })).rejects.toThrow('Busy')
})

test('connections of one address that say nothing keep nobody else out', async () => {
  const server = await openServer({ PLAY_SESSIONS_PER_ADDRESS: '4', PLAY_PROXIES: '1' })
  const from = (address: string) => ({ headers: { 'X-Forwarded-For': address } })
  const silent = Array.from({ length: 300 }, () => Page.connect(server, from('203.0.113.7')))
  expect((await Promise.allSettled(silent)).some(({ status }) => status === 'rejected')).toBe(true)
  await expect(Page.open(server, from('203.0.113.8'))).resolves.toBeInstanceOf(Page)
})
