import { Lesson } from './lesson.ts'
import { Playground } from './playground.ts'
import { udpPortIsFree } from './port.ts'
import { expect, test } from './site.ts'

test.beforeEach(async ({ page, site }) => {
  await page.goto(site.address('/tutorial/udp-echo'))
})

test('a reader starts a server, talks to it, changes its reply and stops it', async ({ page }) => {
  test.setTimeout(120_000)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/A UDP server/)
  const lesson = new Lesson(page, 'udp-server.ts')
  await lesson.start()
  await lesson.client.enter('hello world with UDP')
  await lesson.client.shows('Sent: hello world with UDP\nReceived: HELLO WORLD WITH UDP')
  await lesson.server.shows('127.0.0.1 wrote:\nhello world with UDP')

  await lesson.check('Not yet: 3 of 3 checks fail')
  await lesson.askForHelp()
  await lesson.step.getByRole('button', { name: 'Show solution' }).click()
  await lesson.replaceLine('udp-server.ts', 'text.toUpperCase()', [
    "await socket.sendTo([...text].reverse().join(''), this.clientAddress)",
  ])
  await lesson.check('Solved: all 3 checks pass')
  await lesson.client.enter('hello')
  await lesson.client.shows('Sent: hello\nReceived: olleh')

  expect(await udpPortIsFree()).toBe(false)
  await lesson.stop()
  expect(await udpPortIsFree()).toBe(true)
})

test('a reader predicts how many datagrams are answered, and loses and doubles some', async ({ page }) => {
  test.setTimeout(120_000)
  const lesson = new Lesson(page, 'udp-server.ts')
  expect(await lesson.predict(2)).toBe(3)
  await lesson.newClient({ 'Lost, %': '100' })
  await expect(lesson.clientTab('UDP client 1')).toHaveAttribute('aria-selected', 'true')
  await lesson.client.enter('hello')
  await lesson.client.shows('Sent: hello (lost on purpose)')
  await lesson.newClient({ 'Lost, %': '0', 'Sent twice, %': '100' })
  await expect(lesson.clientTab('UDP client 2')).toHaveAttribute('aria-selected', 'true')
  await lesson.client.enter('hello')
  await lesson.client.shows(/Received: HELLO\n[^]*Received: HELLO/)
  await lesson.stop()
})

test('each datagram is one request', async ({ page }) => {
  const fragment = await page.locator('pre', { hasText: "sendTo('first'" }).innerText()
  const playground = new Playground(page, 'udp-server.ts')
  await playground.start()
  await playground.openEditor('udp-client.ts')
  await playground.editor('udp-client.ts').getByText('openDatagram()').last().click()
  await page.keyboard.press('End')
  await playground.typeLines(['', fragment.trim()])
  await playground.client.enter('second')
  await playground.server.shows('127.0.0.1 wrote:\nfirst\n127.0.0.1 wrote:\nsecond')
  await playground.client.shows('Sent: second\nReceived: FIRST')
  await playground.stop()
})

test('a client with no server waits until Ctrl-C ends it', async ({ page }) => {
  const playground = new Playground(page, 'udp-server.ts')
  const interrupt = playground.client.region.getByRole('button', { name: 'Interrupt' })
  await playground.tab('udp-client.ts').click()
  await playground.client.enter('anybody there')
  await expect(interrupt).toBeEnabled()
  await playground.client.input.press('Control+c')
  await playground.client.shows(/\^C\n— Ended by SIGINT\n\$ tsx udp-client\.ts$/)

  await playground.client.enter('anybody there')
  await expect(interrupt).toBeEnabled()
  await interrupt.click()
  await expect(interrupt).toBeDisabled()
  await playground.client.shows(/— Ended by SIGINT\n\$ tsx udp-client\.ts$/)
})
