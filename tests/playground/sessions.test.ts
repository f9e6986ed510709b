import { once } from 'node:events'
import { expect, test, vi } from 'vitest'
import { Page } from './page.ts'
import { isAlive, openServer, until, type TestServer } from './support.ts'

test('of a hundred connections at once eight are sessions, and the others are told that it is busy', async () => {
  const server = await openServer()
  const pages = await Promise.all(Array.from({ length: 100 }, () => Page.connect(server)))
  for (const page of pages) page.sendFrame({ type: 'hello' })
  await until(() => pages.every(({ frames }) => frames.length > 0))
  const answers = pages.map(({ frames }) => frames[0])
  expect(answers.filter((answer) => answer?.type === 'welcome')).toHaveLength(8)
  const refused = answers.filter((answer) => answer?.type === 'closing')
  expect(refused).toHaveLength(92)
  expect(new Set(refused.map(({ code, message }) => `${code}: ${message}`))).toEqual(
    new Set(['busy: Busy: 8 of 8 sessions are open; close a page that runs programs, then try again']),
  )
})

test('the slot of a session is free again when its page has said goodbye', async () => {
  const server = await openServer()
  const pages = await Promise.all(Array.from({ length: 8 }, () => Page.open(server)))
  expect(await knock(server)).toBe('closing')
  for (const page of pages) page.sendFrame({ type: 'goodbye' })
  await vi.waitUntil(async () => (await knock(server)) === 'welcome', { interval: 10 })
})

test('sessions are apart: a page gets no output of another, and their run numbers do not meet', async () => {
  const server = await openServer()
  const [first, second] = await Promise.all([Page.open(server), Page.open(server)])
  await first.execute('console.log("for the first")')
  await second.execute('console.log("for the second")')
  expect([first.output(), second.output()]).toEqual(['for the first\n', 'for the second\n'])
})

test('a page that does not answer pings is given up with its programs', async () => {
  const page = await Page.open(
    await openServer({ PLAY_PING_INTERVAL_MS: '100', PLAY_RESUME_GRACE_MS: '1' }),
    { autoPong: false },
  )
  const { pid } = await page.start('setInterval(() => {}, 1000)')
  await once(page.webSocket, 'close')
  await until(() => !isAlive(pid))
})

test('a page that answers pings stays', async () => {
  const page = await Page.open(await openServer({ PLAY_PING_INTERVAL_MS: '250' }))
  let pings = 0
  page.webSocket.on('ping', () => {
    pings += 1
  })
  await until(() => pings === 3)
  expect(await page.execute('')).toMatchObject({ code: 0 })
})

/** How the server answers a page that would like a session. */
async function knock(server: TestServer): Promise<string | undefined> {
  const page = await Page.connect(server)
  page.sendFrame({ type: 'hello' })
  await until(() => page.frames.length > 0)
  page.sendFrame({ type: 'goodbye' })
  return page.frames[0]?.type
}
