import { Lesson } from './lesson.ts'
import { Playground } from './playground.ts'
import { takeTcpPort, tcpPortIsFree } from './port.ts'
import { expect, test } from './site.ts'

const REPLY_LINE = 'text.toUpperCase()'
const REVERSED_REPLY = "await this.request.send([...text].reverse().join(''))"

test.beforeEach(async ({ page, site }) => {
  await page.goto(site.address('/tutorial/tcp-echo'))
})

test('a reader starts a server, talks to it, changes its reply and stops it', async ({ page }) => {
  test.setTimeout(120_000)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/A TCP server/)
  const lesson = new Lesson(page, 'tcp-server.ts')
  await expect(lesson.status).toHaveText('Not started')
  await lesson.start()

  await lesson.client.enter('hello world with TCP')
  await lesson.client.shows(
    '$ tsx tcp-client.ts hello world with TCP\nSent: hello world with TCP\nReceived: HELLO WORLD WITH TCP\n$ tsx tcp-client.ts',
  )
  await lesson.server.shows('127.0.0.1 wrote:\nhello world with TCP')
  await lesson.client.enter('python is nice')
  await lesson.client.shows('Sent: python is nice\nReceived: PYTHON IS NICE')

  await lesson.check('Not yet: 4 of 4 checks fail')
  await lesson.openEditor('tcp-server.ts')
  await lesson.replaceLine('tcp-server.ts', REPLY_LINE, [REVERSED_REPLY])
  await expect(lesson.status).toHaveText(/Edited since: press Restart to run it$/)
  await lesson.restart()
  await lesson.client.enter('hello')
  await lesson.client.shows('Sent: hello\nReceived: olleh')
  await lesson.check('Solved: all 4 checks pass')
  await expect(page.getByRole('link', { name: 'A TCP server (solved)' })).toBeVisible()
  await lesson.askForHelp()
  await lesson.step.getByRole('button', { name: 'Show solution' }).click()
  expect(await lesson.predict(0)).toBeGreaterThan(950)

  expect(await tcpPortIsFree()).toBe(false)
  await lesson.stop()
  expect(await tcpPortIsFree()).toBe(true)
  await lesson.client.enter('anybody there')
  await lesson.client.showsWrapped('Nothing is listening on 127.0.0.1:9999: start the server first')
  await lesson.client.shows(/Exited with code 1\n\$ tsx tcp-client\.ts$/)
})

test('Reset puts the published program back, and undo the edited one', async ({ page }) => {
  const playground = new Playground(page, 'tcp-server.ts')
  await playground.openEditor('tcp-server.ts')
  const published = await playground.editor('tcp-server.ts').innerText()
  await playground.replaceLine('tcp-server.ts', REPLY_LINE, [REVERSED_REPLY])
  const edited = await playground.editor('tcp-server.ts').innerText()
  expect(edited).not.toBe(published)
  await playground.button('Reset').click()
  await expect(playground.editor('tcp-server.ts')).toHaveText(published, { useInnerText: true })
  await expect(playground.button('Reset')).toBeDisabled()
  await playground.editor('tcp-server.ts').press('Control+z')
  await expect(playground.editor('tcp-server.ts')).toHaveText(edited, { useInnerText: true })
})

test('a throw in handle() shows the line of the reader, and the server goes on', async ({ page }) => {
  const playground = new Playground(page, 'tcp-server.ts')
  await playground.openEditor('tcp-server.ts')
  await playground.replaceLine('tcp-server.ts', 'this.request is', ["throw new Error('not today')"])
  await playground.start()
  const listening = await playground.status.innerText()
  await playground.client.enter('hello')
  await playground.server.shows(/-{40}$/)
  await playground.server.showsAbove('tcp-server.ts:6:11')
  await playground.server.showsAbove('Error: not today')
  await playground.client.shows('Sent: hello\nReceived:')
  await expect(playground.status).toHaveText(listening)
  await playground.client.enter('again')
  await playground.client.shows('Sent: again\nReceived:')
})

test('a syntax error is named by line and column, and nothing is started', async ({ page }) => {
  const playground = new Playground(page, 'tcp-server.ts')
  await playground.openEditor('tcp-server.ts')
  await page.keyboard.press('Control+End')
  await page.keyboard.press('Backspace')
  await playground.button('Start').click()
  await expect(playground.status).toHaveText('Could not start: tcp-server.ts:20:1: Unexpected end of file')
  await playground.server.showsWrapped('— Could not start: tcp-server.ts:20:1: ')
  expect(await tcpPortIsFree()).toBe(true)
})

test('a taken port is named in one line with what to do', async ({ page }) => {
  const releasePort = await takeTcpPort()
  const playground = new Playground(page, 'tcp-server.ts')
  await playground.button('Start').click()
  await expect(playground.status).toHaveText('Exited with code 1')
  await playground.server.showsWrapped('Port 9999 is already in use: stop the program that uses it')
  await releasePort()
})

test('what is printed while the terminal is still loading is not lost, nor the click that caused it', async ({
  page,
}) => {
  let load: () => void = () => undefined
  const loading = new Promise<void>((resolve) => (load = resolve))
  await page.route('**/terminal-screen.*.js', async (route) => {
    await loading
    await route.continue()
  })
  const playground = new Playground(page, 'tcp-server.ts')
  await playground.start()
  await expect(playground.server.input).toHaveCount(0)
  load()
  await playground.server.shows('$ tsx tcp-server.ts\n— Listening on 127.0.0.1:9999')
  await playground.stop()
})

test('a closed page leaves nothing behind', async ({ page }) => {
  const playground = new Playground(page, 'tcp-server.ts')
  await playground.start()
  await page.close()
  await expect.poll(tcpPortIsFree, { timeout: 2000 }).toBe(true)
})

test('going to another page of the docs ends what this one started', async ({ page }) => {
  const playground = new Playground(page, 'tcp-server.ts')
  await playground.start()
  await page.getByRole('link', { name: 'A UDP server' }).first().click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/A UDP server/)
  await expect.poll(tcpPortIsFree, { timeout: 2000 }).toBe(true)
  await new Playground(page, 'udp-server.ts').start()
})
