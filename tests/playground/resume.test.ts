import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { Page } from './page.ts'
import { isAlive, openServer, until, type TestServer } from './support.ts'

const LINES = 200_000

/** Prints its lines as fast as it may, each with its number. */
const COUNTS = `
  for (let line = 0; line < ${LINES}; line += 1) {
    if (!process.stdout.write(line + '\\n')) await new Promise((resolve) => process.stdout.once('drain', resolve))
  }`
const COUNTED = Array.from({ length: LINES }, (_, line) => `${line}\n`).join('')

const ECHO = `
  process.stdin.on('data', (data) => process.stdout.write(data))
  process.stdin.on('end', () => process.exit())`

test('a page whose connection is cut again and again in a flood gets all of it once, in order', async () => {
  const server = await openServer()
  let page = await Page.open(server)
  const { run } = await page.start(COUNTS)
  const pages = [page]
  for (let cut = 1; cut <= 5; cut += 1) {
    await until(() => page.outputBytes > 100_000)
    page.webSocket.terminate()
    page = await comeBack(server, page)
    pages.push(page)
  }
  await page.message('exited', run)
  expect(pages.map((each) => each.output()).join('')).toBe(COUNTED)
  const numbers = pages.flatMap((each) => each.numbers)
  expect(numbers).toEqual(Array.from(numbers, (_, index) => index + 1))
})

test('a program goes on while its page is away, and waits when it has printed what may wait', async () => {
  const server = await openServer()
  const page = await Page.open(server)
  const { run, pid } = await page.start(COUNTS)
  await until(() => page.outputBytes > 0)
  page.webSocket.terminate()
  await once(page.webSocket, 'close')
  const back = await comeBack(server, page)
  expect(isAlive(pid)).toBe(true)
  await back.message('exited', run)
  expect(page.output() + back.output()).toBe(COUNTED)
})

test('eight floods of a page that is away wait in the pipes, and not in the memory of the server', async () => {
  const server = await openServer()
  const page = await Page.open(server)
  const flood =
    "const block = Buffer.alloc(60_000, 'x')\nconst print = () => process.stdout.write(block, print)\nprint()"
  for (let run = 1; run <= 8; run += 1) await page.start(flood)
  page.webSocket.terminate()
  // Long enough for each of them to print many times what may wait.
  const other = await Page.open(server)
  for (let count = 0; count < 10; count += 1) await other.execute('')
  const { arrayBuffers } = process.memoryUsage()
  expect(arrayBuffers).toBeLessThan(100_000_000)
  const { frames } = await comeBack(server, page)
  expect(frames[0]).toMatchObject({ type: 'welcome', resumed: true })
})

test('what ended while the page was away is told when it comes back', async () => {
  const server = await openServer()
  const page = await Page.open(server)
  const { run, pid } = await page.start("setTimeout(() => { console.log('late'); process.exit(3) }, 100)")
  page.webSocket.terminate()
  await until(() => !isAlive(pid))
  const back = await comeBack(server, page)
  expect(await back.message('exited', run)).toMatchObject({ code: 3 })
  expect(back.output()).toBe('late\n')
})

test('input that the server has not got is sent again, and what it has got is not taken twice', async () => {
  const server = await openServer()
  const page = await Page.open(server)
  const { run } = await page.start(ECHO)
  page.send({ type: 'input', run, data: 'first\n' })
  await page.printed('first\n')
  page.webSocket.terminate()
  const back = await comeBack(server, page)
  // The start and the first line have come; a page that does not know that repeats them.
  expect(back.sent).toBe(2)
  back.sent = 1
  back.send({ type: 'input', run, data: 'first\n' })
  back.send({ type: 'input', run, data: 'second\n' })
  back.send({ type: 'end-input', run })
  await back.message('exited', run)
  expect(page.output() + back.output()).toBe('first\nsecond\n')
})

test('a message that skips one ends the session in words', async () => {
  const page = await Page.open(await openServer())
  page.sent += 1
  page.send({ type: 'stop', run: 1 })
  expect(await page.frame('closing')).toMatchObject({
    code: 'protocol',
    message: expect.any(String) as string,
  })
})

test.each([
  { name: 'a wrong session', resume: { session: 'x'.repeat(32), received: 0 } },
  { name: 'an empty session', resume: { session: '', received: 0 } },
])('a page that asks for $name gets a new one, and the other is left alone', async ({ resume }) => {
  const server = await openServer()
  const page = await Page.open(server)
  const { pid } = await page.start('setInterval(() => {}, 1000)')
  page.webSocket.terminate()
  const stranger = await Page.open(server, { resume })
  expect(await stranger.frame('welcome')).toMatchObject({ resumed: false, received: 0 })
  const back = await comeBack(server, page)
  expect(await back.frame('welcome')).toMatchObject({ resumed: true })
  expect(isAlive(pid)).toBe(true)
})

test('a session waits no longer than its grace period for its page, and then leaves nothing', async () => {
  const server = await openServer({ PLAY_RESUME_GRACE_MS: '200', PLAY_SESSIONS: '1' })
  const page = await Page.open(server)
  const { pid } = await page.start('setInterval(() => {}, 1000)')
  page.webSocket.terminate()
  await expect(Page.open(server)).rejects.toThrow('Busy')
  await until(() => !isAlive(pid))
  await expect.poll(() => Page.open(server).catch(() => undefined)).toBeInstanceOf(Page)
})

test('a page that comes back too late gets a new session, in which its run numbers begin again', async () => {
  const server = await openServer({ PLAY_RESUME_GRACE_MS: '50' })
  const page = await Page.open(server)
  const { pid } = await page.start('setInterval(() => {}, 1000)')
  page.webSocket.terminate()
  await until(() => !isAlive(pid))
  const back = await comeBack(server, page)
  expect(await back.frame('welcome')).toMatchObject({ resumed: false, received: 0 })
  expect(await back.execute('console.log("again")')).toMatchObject({ run: 1, code: 0 })
})

test('a page that has missed more than is kept gets a new session, and what ran has ended before', async () => {
  const server = await openServer({ PLAY_REPLAY_BYTES: '100000' })
  const page = await Page.open(server)
  const { pid } = await page.start(COUNTS)
  page.webSocket.terminate()
  // The run has printed what may wait, which is more than is kept, when its pipe is full.
  await expect.poll(() => sleeps(pid)).toBe(true)
  const back = await comeBack(server, page)
  expect(await back.frame('welcome')).toMatchObject({ resumed: false })
  expect(isAlive(pid)).toBe(false)
})

test('a duplicated tab that asks for the session of a page gets its own', async () => {
  const server = await openServer()
  const page = await Page.open(server)
  const { run } = await page.start(ECHO)
  const duplicate = await comeBack(server, page)
  expect(await duplicate.frame('welcome')).toMatchObject({ resumed: false })
  page.send({ type: 'input', run, data: 'still mine\n' })
  await page.printed('still mine\n')
  expect(duplicate.messages).toEqual([])
})

test('a page whose network has died is let in again, although its old connection looks alive', async () => {
  const server = await openServer()
  const page = await Page.open(server, { autoPong: false })
  const { run } = await page.start(ECHO)
  page.send({ type: 'input', run, data: 'before\n' })
  await page.printed('before\n')
  const back = await comeBack(server, page)
  expect(await back.frame('welcome')).toMatchObject({ resumed: true })
  await until(() => page.webSocket.readyState === WebSocket.CLOSED)
  back.send({ type: 'input', run, data: 'after\n' })
  await back.printed('after\n')
  expect(back.output()).toBe('after\n')
})

test('of two connections that ask for a lost session at once, one gets it', async () => {
  const server = await openServer()
  const page = await Page.open(server)
  await page.start(ECHO)
  page.webSocket.terminate()
  await once(page.webSocket, 'close')
  const both = await Promise.all([comeBack(server, page), comeBack(server, page)])
  const welcomes = await Promise.all(both.map((each) => each.frame('welcome')))
  expect(welcomes.map(({ resumed }) => resumed).sort()).toEqual([false, true])
})

test('goodbye ends a session at once, without its grace period', async () => {
  const server = await openServer()
  const page = await Page.open(server)
  const { pid } = await page.start('setInterval(() => {}, 1000)')
  await page.close()
  await until(() => !isAlive(pid), 1900)
})

test.each([
  { stage: 'before the hello', cut: (page: Page) => page.webSocket.terminate() },
  {
    stage: 'right behind the hello',
    cut: (page: Page) => {
      page.sendFrame({ type: 'hello' })
      page.webSocket.terminate()
    },
  },
  {
    stage: 'right behind a start',
    cut: (page: Page) => {
      page.sendFrame({ type: 'hello' })
      page.request('setInterval(() => {}, 1000)')
      page.webSocket.terminate()
    },
  },
])('a connection that is cut $stage leaves its place free after the grace period', async ({ cut }) => {
  const server = await openServer({ PLAY_SESSIONS: '1', PLAY_RESUME_GRACE_MS: '50' })
  const page = await Page.connect(server)
  cut(page)
  await once(page.webSocket, 'close')
  await expect.poll(() => Page.open(server).catch(() => undefined)).toBeInstanceOf(Page)
})

test('a connection that says nothing is closed, and takes no place meanwhile', async () => {
  const server = await openServer({ PLAY_SESSIONS: '1', PLAY_HEADERS_TIMEOUT_MS: '100' })
  const silent = await Page.connect(server)
  await Page.open(server)
  await once(silent.webSocket, 'close')
})

test.each([
  { name: 'another frame', first: '{"type":"active"}' },
  { name: 'no JSON', first: 'hello' },
  { name: 'binary', first: Buffer.from('{"type":"hello"}') },
  { name: 'too large', first: ' '.repeat(300_000) },
  { name: 'larger than a message may be at all', first: ' '.repeat(2_000_000) },
])('a connection whose first word is $name is closed, and the server goes on', async ({ first }) => {
  const server = await openServer()
  const stranger = await Page.connect(server)
  stranger.webSocket.send(first)
  await once(stranger.webSocket, 'close')
  const page = await Page.open(server)
  expect(await page.execute('')).toMatchObject({ code: 0 })
})

test('the server confirms what it has received', async () => {
  const page = await Page.open(await openServer())
  for (let count = 0; count < 16; count += 1) page.send({ type: 'stop', run: 1 })
  expect(await page.frame('received')).toEqual({ type: 'received', number: 16 })
})

/** A new connection of a page that asks for its session. */
async function comeBack(server: TestServer, page: Page): Promise<Page> {
  const { session } = await page.frame('welcome')
  return Page.open(server, { resume: { session, received: page.received } })
}

/** Whether a process waits: here, until somebody reads what it has written. */
async function sleeps(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1')
  return stat.slice(stat.lastIndexOf(')') + 2).startsWith('S')
}
