import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { Lesson, RESULT } from './lesson.ts'
import { Playground } from './playground.ts'
import { expect, test } from './site.ts'
import { startStaticSite } from './static-site.ts'

const BUILT_DOCS = process.env['STATIC_DIST'] ?? join(import.meta.dirname, '../../.vitepress/dist')
const SIMULATED = 'Simulated network: no real sockets'
const NO_SERVER = 'This copy of the site has no playground server.'

let site: Awaited<ReturnType<typeof startStaticSite>>
test.beforeAll(async () => {
  site = await startStaticSite(BUILT_DOCS)
})
test.afterAll(() => site.close())

test('a static copy loads nothing of the playground, and asks for no server, before the reader touches it', async ({
  page,
}) => {
  const asked: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  await page.goto(site.address('/tutorial/tcp-echo'))
  await expect(new Playground(page, 'tcp-server.ts').button('Start')).toBeEnabled()
  expect(asked.filter((path) => /playground-server|-worker|static-copy|recording/.test(path))).toEqual([])
})

test('an edited TCP server runs over the simulated network, and says so everywhere', async ({ page }) => {
  await page.goto(site.address('/tutorial/tcp-echo'))
  const playground = new Playground(page, 'tcp-server.ts')
  await playground.start()
  await expect(playground.region.getByText(NO_SERVER)).toBeVisible()
  await playground.server.shows(SIMULATED)
  await playground.client.enter('hello world with TCP')
  await playground.client.shows(
    'Sent: hello world with TCP\nReceived: HELLO WORLD WITH TCP\n$ tsx tcp-client.ts',
  )
  await playground.server.shows('127.0.0.1 wrote:\nhello world with TCP')

  await playground.openEditor('tcp-server.ts')
  await playground.replaceLine('tcp-server.ts', 'text.toUpperCase()', [
    "await this.request.send([...text].reverse().join(''))",
  ])
  await playground.restart()
  await playground.client.enter('hello')
  await playground.client.shows('Sent: hello\nReceived: olleh')

  await playground.region.getByRole('button', { name: 'Timeline' }).click()
  await expect(playground.region.getByRole('group', { name: 'What happens' })).toContainText(SIMULATED)
  await expect(playground.region.getByText(/^1 request in/)).toBeVisible()
  await playground.stop()
  await playground.client.enter('anybody there')
  await playground.client.showsWrapped('Nothing is listening on 127.0.0.1:9999: start the server first')
})

test('an edited UDP server runs over the simulated network, and a client without a server waits', async ({
  page,
}) => {
  await page.goto(site.address('/tutorial/udp-echo'))
  const playground = new Playground(page, 'udp-server.ts')
  await playground.openEditor('udp-server.ts')
  await playground.replaceLine('udp-server.ts', 'text.toUpperCase()', [
    "await socket.sendTo([...text].reverse().join(''), this.clientAddress)",
  ])
  await playground.start()
  await playground.client.enter('hello')
  await playground.client.shows('Sent: hello\nReceived: olleh')
  await playground.stop()
  await playground.tab('udp-client.ts').click()
  await playground.client.enter('anybody there')
  const interrupt = playground.client.region.getByRole('button', { name: 'Interrupt' })
  await expect(interrupt).toBeEnabled()
  await interrupt.click()
  await playground.client.shows(/— Ended by SIGINT\n\$ tsx udp-client\.ts$/)
})

test('a simulated program that throws, is not TypeScript, or never ends says so as a real one does', async ({
  page,
}) => {
  await page.goto(site.address('/tutorial/tcp-echo'))
  const playground = new Playground(page, 'tcp-server.ts')
  await playground.openEditor('tcp-server.ts')
  await playground.replaceLine('tcp-server.ts', 'this.request is', ["throw new Error('not today')"])
  await playground.start()
  await playground.client.enter('hello')
  await playground.server.showsAbove('tcp-server.ts:6:11')
  await playground.server.showsAbove('Error: not today')
  await playground.client.shows('Sent: hello\nReceived:')

  await playground.replaceLine('tcp-server.ts', 'not today', ['while (true) {}'])
  await playground.restart()
  await playground.client.enter('hello')
  await playground.server.shows('Simulated network')
  await playground.stop()

  await playground.replaceLine('tcp-server.ts', 'while (true)', ['const = 1'])
  await playground.button('Start').click()
  await expect(playground.status).toHaveText(/^Could not start: tcp-server\.ts:6:\d+: /)
})

test('an edit that needs threads is refused in one line', async ({ page }) => {
  await page.goto(site.address('/tutorial/tcp-echo'))
  const playground = new Playground(page, 'tcp-server.ts')
  await playground.openEditor('tcp-server.ts')
  await playground.replaceLine('tcp-server.ts', 'new TCPServer', [
    "const server = new ThreadingTCPServer({ host: 'localhost', port: 9999 }, MyTCPHandler)",
  ])
  await playground.button('Start').click()
  await expect(playground.status).toHaveText(
    'Could not start: The simulated network has not what this program needs: threads',
  )
})

test('what the simulated network cannot run is played as it was recorded, until Stop', async ({ page }) => {
  await page.goto(site.address('/playground'))
  await page.getByLabel('Example').selectOption('race.ts')
  const playground = new Playground(page, 'race.ts')
  await playground.button('Start').click()
  await expect(playground.status).toHaveText(/^Listening on /)
  const recorded = /Recorded on \d+ \w+ \d{4}: edits are not run/
  await expect(playground.region.getByText(NO_SERVER)).toContainText(recorded)
  await playground.server.shows(recorded)
  await playground.client.shows(/\$ tsx race-client\.ts .*\n[^$]*Received/)
  await expect.poll(() => playground.client.text()).toMatch(/\$ tsx race-client\.ts$/)
  await playground.region.getByRole('button', { name: 'Processes' }).click()
  await expect(playground.region.getByRole('group', { name: 'What happens' })).toContainText('Thread-1')
  await playground.client.enter('my own words')
  await playground.client.showsWrapped(
    'A recorded run is played, with its own clients and words: stop it first',
  )
  await playground.stop()
  await playground.button('Start').click()
  await expect(playground.status).toHaveText(/^Listening on /)
})

test('a step is checked and a prediction is measured over the simulated network', async ({ page }) => {
  test.setTimeout(60_000)
  await page.goto(site.address('/tutorial/tcp-echo'))
  const lesson = new Lesson(page, 'tcp-server.ts')
  await lesson.check('Not yet: 4 of 4 checks fail')
  await expect(lesson.results.first()).toContainText(
    'received"HELLO" (5 bytes), then the end of the connection',
  )
  await lesson.openEditor('tcp-server.ts')
  await lesson.replaceLine('tcp-server.ts', 'text.toUpperCase()', [
    "await this.request.send([...text].reverse().join(''))",
  ])
  await lesson.check('Solved: all 4 checks pass')
  const measured = await lesson.predict(500)
  expect(measured).toBeGreaterThan(900)
  expect(measured).toBeLessThan(3000)
})

test('what needs more than the simulated network says that it needs a playground server', async ({
  page,
}) => {
  await page.goto(site.address('/tutorial/shared-state'))
  const lesson = new Lesson(page, 'race.ts')
  const needsServer = /Only the playground server can .*, and this copy of the site has none/
  await lesson.check(needsServer)
  await lesson.view('Compare').click()
  await lesson.region.getByRole('button', { name: 'Run all four' }).click()
  await expect(lesson.region.getByRole('group', { name: 'What happens' })).toContainText(needsServer)
  await expect(lesson.region.locator('[data-mood]')).toContainText('Not started')
})

test('a comparison runs what the simulated network can, and names the rest', async ({ page }) => {
  test.setTimeout(60_000)
  await page.goto(site.address('/tutorial/tcp-echo'))
  const lesson = new Lesson(page, 'tcp-server.ts')
  const { region } = lesson
  await lesson.view('Compare').click()
  await region.getByRole('button', { name: 'Run all four' }).click()
  const views = region.getByRole('group', { name: 'What happens' })
  await expect(views.getByRole('status')).toContainText(
    '2 of 4 have run. ThreadingTCPServer does not listen',
    RESULT,
  )
  const table = region.getByRole('region', { name: 'Table of the comparison' })
  await expect(table.getByRole('row', { name: /^TCPServer / })).toContainText(/\d ms/)
  await expect(table.getByRole('row', { name: /^AsyncTCPServer / })).toContainText(/\d ms/)
})

test('a static copy has no serious accessibility problem, and fits a phone', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto(site.address('/tutorial/tcp-echo'))
  const playground = new Playground(page, 'tcp-server.ts')
  await playground.start()
  await playground.region.getByRole('button', { name: 'Timeline' }).click()
  const { violations } = await new AxeBuilder({ page }).include('.Playground').analyze()
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([])
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
})

test.describe('a server that is there', () => {
  test.use({ expectedComplaint: /WebSocket|Failed to load resource/ })

  test('is not taken for a static copy when a proxy answers in its place, or nobody does', async ({
    page,
  }) => {
    for (const answer of [
      { status: 404, body: 'Not found' },
      { status: 502, body: '<html>Bad gateway</html>' },
      { status: 200, body: '<html>Welcome</html>' },
    ]) {
      await page.route('**/playground-server.json', (route) => route.fulfill(answer))
      await page.goto(site.address('/tutorial/tcp-echo'))
      const playground = new Playground(page, 'tcp-server.ts')
      await playground.button('Start').click()
      await expect(playground.status).toHaveText(/^This page has no token|^The playground server/)
      await expect(playground.region.getByText(NO_SERVER)).toHaveCount(0)
      await page.unroute('**/playground-server.json')
    }
  })
})
