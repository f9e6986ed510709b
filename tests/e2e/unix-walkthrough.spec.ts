import { Lesson } from './lesson.ts'
import { expect, test } from './site.ts'

const LISTENING = /^Listening on upper\.sock \(pid \d+\)$/

test.beforeEach(async ({ page, site }) => {
  test.setTimeout(120_000)
  await page.goto(site.address('/tutorial/unix-sockets'))
})

test('a reader serves a stream at a path, whose file stays behind', async ({ page }) => {
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/Unix sockets/)
  const lesson = new Lesson(page, 'unix-stream-server.ts')
  await lesson.button('Start').click()
  await expect(lesson.status).toHaveText(LISTENING)
  await lesson.client.enter('hello world')
  await lesson.client.shows(
    /\$ tsx unix-stream-client\.ts hello world\nMode of upper\.sock: \d{3}\nSent: hello world\nReceived: HELLO WORLD\n/,
  )
  await lesson.server.shows('"" wrote:\nhello world')

  await lesson.stop()
  await lesson.client.enter('anybody there')
  await lesson.client.showsWrapped('Nothing is listening on upper.sock: start the server first')
  await lesson.button('Start').click()
  await expect(lesson.status).toHaveText(LISTENING)
  await lesson.client.enter('hello again')
  await lesson.client.shows('Sent: hello again\nReceived: HELLO AGAIN')
  await lesson.stop()
})

test('a reader lets the group of the owner connect', async ({ page }) => {
  const lesson = new Lesson(page, 'unix-stream-server.ts')
  await lesson.check('Not yet: 1 of 2 checks fails')
  await expect(lesson.results.first()).toHaveText(/^Passes: /)
  await lesson.askForHelp()
  await expect(lesson.step).toContainText('process.umask(0o117)')
  await lesson.takeSolution()
  await lesson.check('Solved: all 2 checks pass')
  await lesson.client.enter('hello')
  await lesson.client.shows('Mode of upper.sock: 660\nSent: hello\nReceived: HELLO')
  await lesson.stop()
})

test('a reader serves datagrams at a path, and replies to a client that has one', async ({ page }) => {
  const lesson = new Lesson(page, 'unix-datagram-server.ts')
  await lesson.button('Start').click()
  await expect(lesson.status).toHaveText(LISTENING)
  await lesson.client.enter('hello world')
  await lesson.client.shows('Sent: hello world\nReceived: HELLO WORLD')
  await lesson.server.shows(/"client-\d+\.sock" wrote:\nhello world/)

  await lesson.openEditor('unix-datagram-client.ts')
  await lesson.replaceLine('unix-datagram-client.ts', 'const socket', [
    "const socket = await openDatagram('')",
  ])
  await lesson.client.enter('nameless')
  await lesson.server.shows("code: 'ERR_UNNAMED_PEER'")
  await lesson.client.input.press('Control+c')
  await lesson.client.shows(/\^C\n— Ended by SIGINT/)
  await lesson.button('Reset').click()

  expect(await lesson.predict(10)).toBe(500)
  await lesson.stop()
})
