import { Playground } from './playground.ts'
import { expect, test } from './site.ts'

const FLOOD_MB = 100
const STOP_MS = 500

/** Far longer than the gaps that were measured, and shorter than what a reader calls frozen. */
const FRAME_GAP_MS = 500
const SERVER_GROWTH_MB = 100

declare global {
  /** Kept by the page itself while the test goes on. */
  var longestFrameGapMs: number
}

test('a flood of 100 MB freezes neither the page nor Stop, and does not fill the server', async ({
  page,
  site,
}) => {
  test.setTimeout(180_000)
  await page.goto(site.address('/tutorial/tcp-echo'))
  const playground = new Playground(page, 'tcp-server.ts')
  await playground.replaceProgram('tcp-server.ts', [
    "const block = ('y'.repeat(99) + '\\n').repeat(1000)",
    'let blocks = 0',
    'const print = () => blocks++ < 1000 ? process.stdout.write(block, print) : console.log("all printed")',
    'print()',
  ])
  const server = new PeakMemory()
  await page.evaluate(measureFrames)

  const begun = performance.now()
  await playground.button('Start').click()
  await expect(playground.status).toHaveText('Exited with code 0', { timeout: 120_000 })
  const seconds = (performance.now() - begun) / 1000
  await playground.server.shows('all printed')
  const frameGapMs = await page.evaluate(() => globalThis.longestFrameGapMs)
  const growthMb = server.growthMb()
  note(
    `${(FLOOD_MB / seconds).toFixed(1)} MB/s, longest frame gap ${Math.round(frameGapMs)} ms, server grew by ${growthMb} MB`,
  )
  expect(frameGapMs).toBeLessThan(FRAME_GAP_MS)
  expect(growthMb).toBeLessThan(SERVER_GROWTH_MB)
})

test('Stop takes effect in the middle of a flood within half a second', async ({ page, site }) => {
  await page.goto(site.address('/tutorial/tcp-echo'))
  const playground = new Playground(page, 'tcp-server.ts')
  await playground.replaceProgram('tcp-server.ts', [
    "const block = ('y'.repeat(99) + '\\n').repeat(1000)",
    'const print = () => process.stdout.write(block, print)',
    'print()',
  ])
  for (let round = 1; round <= 3; round += 1) {
    await playground.button('Start').click()
    await expect(playground.status).toHaveText(/^Running/)
    await playground.server.shows('yyyy')
    // From the click to the page's own word, measured in the page: the test's way to it is not the reader's.
    const stoppedMs = await playground.status.evaluate(async (status) => {
      const button = [...document.querySelectorAll('button')].find((each) => each.innerText === 'Stop')
      const begun = performance.now()
      const stopped = new Promise<void>((resolve) => {
        new MutationObserver(() => status.textContent.includes('Stopped') && resolve()).observe(status, {
          subtree: true,
          childList: true,
          characterData: true,
        })
      })
      button?.click()
      await stopped
      return performance.now() - begun
    })
    note(`Stopped after ${Math.round(stoppedMs)} ms`)
    expect(stoppedMs).toBeLessThan(STOP_MS)
  }
})

/** Into the report of the test, for whoever compares machines. */
function note(measured: string): void {
  test.info().annotations.push({ type: 'measured', description: measured })
}

function measureFrames(): void {
  globalThis.longestFrameGapMs = 0
  let last = performance.now()
  requestAnimationFrame(function measure(now) {
    globalThis.longestFrameGapMs = Math.max(globalThis.longestFrameGapMs, now - last)
    last = now
    requestAnimationFrame(measure)
  })
}

/** The memory of this process, in which the playground server runs. */
class PeakMemory {
  readonly #before = process.memoryUsage.rss()
  #peak = this.#before
  readonly #timer = setInterval(() => (this.#peak = Math.max(this.#peak, process.memoryUsage.rss())), 50)

  /** Ends the measurement. */
  growthMb(): number {
    clearInterval(this.#timer)
    return Math.round((this.#peak - this.#before) / 1_000_000)
  }
}
