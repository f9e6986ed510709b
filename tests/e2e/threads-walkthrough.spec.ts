import { Lesson } from './lesson.ts'
import { expect, test } from './site.ts'

const FILE = 'threads-server.ts'
const RESULT = { timeout: 60_000 }

test.beforeEach(async ({ page, site }) => {
  test.setTimeout(240_000)
  await page.goto(site.address('/tutorial/threads'))
})

test('a reader turns a deaf server into one that serves in threads', async ({ page }) => {
  const lesson = new Lesson(page, FILE)
  const requests = lesson.region.getByRole('table', { name: /^Requests/ })
  await lesson.start()
  await lesson.view('Timeline').click()
  await lesson.client.enter('38')
  await expect
    .poll(() => lesson.client.text(), RESULT)
    .toContain('Sent: 38\nReceived: MainThread: 39088169\n')
  await lesson.newClient({ What: 'Burst: many clients', Clients: '4', 'At a time': '4', Text: '38' })
  await expect(requests.getByRole('cell', { name: 'closed' })).toHaveCount(5, RESULT)
  await expect(requests.getByRole('cell', { name: 'main thread' })).toHaveCount(5)
  expect(await lesson.predict(1)).toBeGreaterThan(1.3)

  await lesson.check('Not yet: 3 of 3 checks fail')
  await lesson.askForHelp()
  await expect(lesson.step).toContainText('new ThreadingTCPServer(…)')
  await lesson.step.getByRole('button', { name: 'Show solution' }).click()
  await lesson.region.getByRole('button', { name: 'Kind of server' }).click()
  await lesson.region.getByRole('button', { name: 'Threads', exact: true }).click()
  await lesson.check('Solved: all 3 checks pass')

  await lesson.restart()
  await lesson.clientTab('TCP burst 1').click()
  await lesson.client.input.press('Enter')
  await expect(requests.getByRole('cell', { name: 'closed' })).toHaveCount(4, RESULT)
  for (const name of ['Thread-1', 'Thread-2', 'Thread-3', 'Thread-4']) {
    await expect(requests.getByRole('cell', { name })).toBeVisible()
    await lesson.server.shows(`${name} computes fibonacci(38)`)
  }
  await lesson.prediction.getByRole('button', { name: 'Measure again' }).click()
  await expect(lesson.prediction.getByRole('button', { name: 'Measure again' })).toHaveCount(0)
  await expect(lesson.prediction.getByRole('button', { name: 'Measure again' })).toBeVisible(RESULT)
  await lesson.stop()
})

test('a handler that is not exported is refused to the thread, in words', async ({ page }) => {
  const lesson = new Lesson(page, FILE)
  await lesson.region.getByRole('button', { name: 'Kind of server' }).click()
  await lesson.region.getByRole('button', { name: 'Threads', exact: true }).click()
  await lesson.start()
  await lesson.editor(FILE).getByText('export', { exact: true }).dblclick()
  await page.keyboard.press('Delete')
  await lesson.restart()
  await lesson.client.enter('10')
  await lesson.client.shows('Sent: 10\nReceived:')
  await lesson.server.shows("code: 'ERR_NOT_EXPORTED'")
  await lesson.editor(FILE).press('Control+z')
  await lesson.restart()
  await lesson.client.enter('10')
  await lesson.client.shows('Sent: 10\nReceived: Thread-1: 55')
  await lesson.stop()
})

test('a reader compares the four ways to serve the handler', async ({ page }) => {
  const lesson = new Lesson(page, FILE)
  await lesson.view('Compare').click()
  await lesson.region.getByRole('button', { name: 'Run all four' }).click()
  await expect(lesson.region.getByText('All of them have run')).toBeVisible(RESULT)
  const table = lesson.region.getByRole('region', { name: 'Table of the comparison' })
  await expect(table.getByRole('columnheader', { name: 'Longest until the reply' })).toBeVisible()
  await expect(table.getByRole('row')).toHaveCount(5)
})
