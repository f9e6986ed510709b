import { Lesson } from './lesson.ts'
import { expect, test } from './site.ts'

const FILE = 'one-at-a-time.ts'

test.beforeEach(async ({ page, site }) => {
  test.setTimeout(180_000)
  await page.goto(site.address('/tutorial/one-at-a-time'))
})

test('a reader makes a server deaf with slow requests, and with a silent client', async ({ page }) => {
  const lesson = new Lesson(page, FILE)
  await lesson.start()
  await lesson.client.enter('hello')
  await lesson.client.shows('$ tsx tcp-client.ts hello\nSent: hello\nReceived: HELLO\n')

  await lesson.view('Timeline').click()
  await lesson.newClient({ What: 'Burst: many clients', Clients: '5', 'At a time': '5' })
  const burst = lesson.region.getByRole('region', { name: 'Result of TCP burst 1' }).getByRole('definition')
  await expect(burst.first()).toHaveText('5', { timeout: 30_000 })
  expect(Number.parseFloat(await burst.last().innerText())).toBeGreaterThan(4900)
  const requests = lesson.region.getByRole('table', { name: /^Requests/ })
  await expect(requests.getByRole('cell', { name: 'closed' })).toHaveCount(6)

  await lesson.newClient({ What: 'One client: you type' })
  await lesson.client.shows('Connected to 127.0.0.1 9999')
  await lesson.newClient()
  await expect(lesson.clientTab('TCP client 2')).toHaveAttribute('aria-selected', 'true')
  await lesson.client.shows('Connected to 127.0.0.1 9999')
  await lesson.client.enter('two')
  await lesson.client.shows('Sent: two')
  await expect(requests.getByRole('cell', { name: 'queued' })).toHaveCount(1)
  await lesson.clientTab('TCP client 1').click()
  await lesson.client.enter('one')
  await lesson.client.shows('Received: ONE')
  await lesson.clientTab('TCP client 2').click()
  await lesson.client.shows('Received: TWO')
  await lesson.stop()
})

test('while a handler computes, the backlog holds who comes', async ({ page }) => {
  const fragment = await page.locator('pre', { hasText: 'Date.now() < end' }).innerText()
  const lesson = new Lesson(page, FILE)
  await lesson.openEditor(FILE)
  await lesson.replaceLine(FILE, 'await setTimeout(1000)', [fragment.trim()])
  await lesson.start()
  await lesson.view('Timeline').click()
  await lesson.newClient({ What: 'Burst: many clients', Clients: '5', 'At a time': '5' })
  const requests = lesson.region.getByRole('table', { name: /^Requests/ })
  await lesson.clientTab('tcp-client.ts').click()
  await lesson.client.enter('hello')
  await expect(requests.getByRole('cell', { name: 'closed' })).toHaveCount(6, { timeout: 30_000 })
  // The last one was connected, and not accepted, while others were computed for.
  await expect(requests.getByRole('row').last().getByRole('cell').nth(2)).toHaveText(/^([\d.]+ s|\d\d.* ms)$/)
  await lesson.button('Reset').click()
  await lesson.restart()
  await lesson.stop()
})

test('a reader predicts how long connect() takes, and sets a limit to the wait', async ({ page }) => {
  const lesson = new Lesson(page, FILE)
  expect(await lesson.predict(1000)).toBeLessThan(900)

  await lesson.check('Not yet: 2 of 3 checks fail')
  await expect(lesson.results.first()).toHaveText(/^Passes: /)
  await lesson.askForHelp()
  await expect(lesson.step).toContainText('Write timeout = 1000')
  await lesson.takeSolution()
  await lesson.check('Solved: all 3 checks pass')
  await lesson.server.showsAbove('ERR_SOCKET_TIMEOUT')
  await lesson.stop()
})
