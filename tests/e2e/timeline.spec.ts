import type { Page } from '@playwright/test'
import { Playground } from './playground.ts'
import { expect, test } from './site.ts'

const SERVER = 'tcp-server.ts'
const CLIENT = 'tcp-client.ts'

const MAX_FRAME_MS = 100
const ATTEMPTS = 4

const ECHO_THREADS = [
  "import { BaseRequestHandler, isMain, ThreadingTCPServer } from 'socketserver-ts'",
  'export class Slow extends BaseRequestHandler {',
  'async handle() {',
  'const data = await this.request.recv(1024)',
  'await new Promise((resolve) => setTimeout(resolve, 1500))',
  'await this.request.send(data)',
  '}',
  '}',
  "if (isMain(import.meta)) await new ThreadingTCPServer({ host: 'localhost', port: 9999 }, Slow).serveForever()",
]

/** The client opens so many connections, some of them at once. */
function burst(requests: number, atOnce: number): string[] {
  return [
    "import { connect } from 'socketserver-ts'",
    `let left = ${requests}`,
    'async function one() {',
    'while (left-- > 0) {',
    "const socket = await connect({ host: 'localhost', port: 9999 })",
    "await socket.send('hello')",
    'await socket.recv(1024)',
    'await socket.close()',
    '}',
    '}',
    `await Promise.all(Array.from({ length: ${atOnce} }, one))`,
    "console.log('all served')",
  ]
}

/** Puts a program into the editor at once, as a paste does. */
async function pasteProgram(
  page: Page,
  playground: Playground,
  file: string,
  lines: string[],
): Promise<void> {
  await playground.openEditor(file)
  await page.keyboard.press('Control+a')
  await page.keyboard.insertText(lines.join('\n'))
}

async function openTimeline(playground: Playground): Promise<void> {
  await playground.region.getByRole('button', { name: 'Timeline', exact: true }).click()
}

test.beforeEach(async ({ page, site }) => {
  await page.goto(site.address('/tutorial/tcp-echo'))
})

test('each request gets a lane and a row of the table, from connect to closed', async ({ page }) => {
  const playground = new Playground(page, SERVER)
  await openTimeline(playground)
  await expect(playground.region.getByText('Press Start: each request')).toBeVisible()
  await playground.start()
  await expect(playground.region.getByText('no request has come yet')).toBeVisible()
  await playground.client.enter('hello')
  const row = playground.region.getByRole('row', { name: /^1 127\.0\.0\.1:\d+ main thread/ })
  await expect(row).toContainText('closed')
  // Connect, queued, handling, reply and closing took their time.
  await expect(row).toContainText(/(\d+(\.\d+)? (µs|ms)\s*){5}6 B\s*5 B/)
  await playground.client.enter('again')
  await expect(playground.region.getByText(/^2 requests in /)).toBeVisible()
  await playground.stop()
})

test('requests in threads are told apart by name, live while they run', async ({ page }) => {
  const playground = new Playground(page, SERVER)
  await pasteProgram(page, playground, SERVER, ECHO_THREADS)
  await pasteProgram(page, playground, CLIENT, burst(3, 3))
  await openTimeline(playground)
  await playground.start()
  await playground.client.enter('go')
  const table = playground.region.getByRole('table', { name: /^Requests/ })
  await expect(table.getByRole('cell', { name: 'in progress' }).first()).toBeVisible()
  await expect(table.getByRole('cell', { name: 'closed' })).toHaveCount(3)
  for (const thread of ['Thread-1', 'Thread-2', 'Thread-3']) {
    await expect(table.getByRole('cell', { name: thread })).toBeVisible()
  }
  await expect(playground.region.getByRole('list', { name: 'Legend of the timeline' })).toContainText(
    /handling in thread \d/,
  )
  await playground.stop()
})

test('the timeline is chosen from, zoomed and moved with the keyboard alone', async ({ page }) => {
  const playground = new Playground(page, SERVER)
  await pasteProgram(page, playground, CLIENT, burst(5, 1))
  await openTimeline(playground)
  await playground.start()
  await playground.client.enter('go')
  await playground.client.shows('all served')
  const chart = playground.region.getByRole('group', { name: /^Timeline of 5 requests/ })
  await expect(chart).toBeVisible()
  await playground.tabTo(chart)
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await expect(
    playground.region.getByText(/^Request 2 from 127\.0\.0\.1:\d+, in main thread of process \d+:/),
  ).toBeVisible()
  await expect(chart).toHaveAccessibleDescription(
    /^Request 2 .*connect .*queued .*handling .*closed; received 5 bytes, sent 5 bytes/,
  )
  const extent = playground.region.getByText(/requests? in \d/)
  const all = await extent.innerText()
  await page.keyboard.press('+')
  await expect(extent).not.toHaveText(all)
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('0')
  await expect(extent).toHaveText(all)
  await playground.stop()
})

test('10,000 requests stay smooth: no frame takes more than 100 ms', async ({ page }) => {
  test.setTimeout(180_000)
  const playground = new Playground(page, SERVER)
  await pasteProgram(page, playground, SERVER, [
    "import { AsyncTCPServer, BaseRequestHandler } from 'socketserver-ts'",
    'class Echo extends BaseRequestHandler {',
    'async handle() { await this.request.send(await this.request.recv(1024)) }',
    '}',
    'class Server extends AsyncTCPServer { requestQueueSize = 128 }',
    "await new Server({ host: 'localhost', port: 9999 }, Echo).serveForever()",
  ])
  await pasteProgram(page, playground, CLIENT, burst(10_000, 20))
  await openTimeline(playground)
  // What else the machine does can only make frames longer, so the best of some attempts counts.
  let longestMs = Infinity
  for (let attempt = 1; attempt <= ATTEMPTS && longestMs >= MAX_FRAME_MS; attempt += 1) {
    await playground.start()
    await expect(playground.region.getByText('no request has come yet')).toBeVisible()
    await playground.client.enter('go')
    longestMs = Math.min(longestMs, await longestFrame(page, () => useTimelineOf10000(page, playground)))
    await playground.stop()
  }
  expect(longestMs).toBeLessThan(MAX_FRAME_MS)
})

async function useTimelineOf10000(page: Page, playground: Playground): Promise<void> {
  await expect(playground.region.getByText(/^10000 requests in /)).toBeVisible({ timeout: 60_000 })
  const chart = playground.region.getByRole('group', { name: /^Timeline of 10000 requests/ })
  await chart.focus()
  for (const key of ['Home', 'PageDown', 'End', '+', '+', 'ArrowLeft', '+', '0'])
    await page.keyboard.press(key)
  await chart.evaluate((element) => (element.scrollTop = element.scrollHeight / 2))
  await page.keyboard.press('End')
  await expect(playground.region.getByText(/^Request 10000 /)).toBeVisible()
}

/** The longest time between two frames while `use` goes on. */
async function longestFrame(page: Page, use: () => Promise<void>): Promise<number> {
  const frames = await page.evaluateHandle(() => {
    const watch = { longestMs: 0, isOver: false }
    let last = performance.now()
    const frame = (now: number): void => {
      watch.longestMs = Math.max(watch.longestMs, now - last)
      last = now
      if (!watch.isOver) requestAnimationFrame(frame)
    }
    requestAnimationFrame(frame)
    return watch
  })
  await use()
  return frames.evaluate((watch) => {
    watch.isOver = true
    return watch.longestMs
  })
}
