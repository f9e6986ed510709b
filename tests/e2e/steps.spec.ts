import { AxeBuilder } from '@axe-core/playwright'
import type { Locator, Page } from '@playwright/test'
import { Lesson } from './lesson.ts'
import { expect, test } from './site.ts'

const PATH = '/tutorial/tcp-echo'
const FILE = 'tcp-server.ts'
const BACKWARDS = "await this.request.send([...text].reverse().join(''))"

/** A check starts a server and several clients, on a machine that may be slow. */
const RESULT = { timeout: 30_000 }

/** The playground of the first page. */
class Steps extends Lesson {
  constructor(page: Page, server = FILE) {
    super(page, server)
  }

  async write(line: string): Promise<void> {
    await this.openEditor(FILE)
    await this.replaceLine(FILE, 'text.toUpperCase()', [line])
  }
}

test.beforeEach(async ({ page, site }) => {
  test.setTimeout(60_000)
  await page.goto(site.address(PATH))
})

test('a check starts the server and says what it sent, expected and received', async ({ page }) => {
  const steps = new Steps(page)
  await expect(steps.step).toContainText('Make the server answer backwards: the reply to hello is olleh.')
  await steps.check('Not yet: 4 of 4 checks fail')
  await expect(steps.status).toHaveText(/^Listening on/)
  const first = steps.results.first()
  await expect(first).toContainText('Fails: the reply to one word is that word, backwards')
  await expect(first).toContainText('sent"hello\\n"')
  await expect(first).toContainText('expected"olleh" (5 bytes)')
  await expect(first).toContainText('received"HELLO" (5 bytes), then the end of the connection')
  await steps.stop()
})

test('what a check takes is loaded with the first check', async ({ page }) => {
  const steps = new Steps(page)
  const loaded = (): Promise<string[]> =>
    page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name))
  const isPart = (file: string): boolean => /\/(examine-server|check-results|tcp-server\.check)\./.test(file)
  await expect(steps.button('Start')).toBeEnabled()
  expect((await loaded()).filter(isPart)).toEqual([])
  await steps.check('Not yet: 4 of 4 checks fail')
  expect((await loaded()).filter(isPart)).toHaveLength(3)
  await steps.stop()
})

test('a check takes what is written now, and a solved step stays solved and is marked in the sidebar', async ({
  page,
}) => {
  const steps = new Steps(page)
  await steps.start()
  await steps.write(BACKWARDS)
  await steps.check('Solved: all 4 checks pass')
  await expect(steps.results).toHaveText([/^Passes: /, /^Passes: /, /^Passes: /, /^Passes: /])
  const heading = steps.step.getByRole('heading')
  await expect(heading).toHaveText('Your turn (solved)')
  const sidebar = page.getByRole('navigation', { name: 'Sidebar' })
  const entry = sidebar.getByRole('link', { name: /\(solved\)$/ })
  await expect(entry).toHaveCount(1)
  await expect(entry).toHaveAttribute('href', PATH)
  await steps.stop()

  await page.reload()
  await expect(heading).toHaveText('Your turn (solved)')
  await expect(entry).toHaveCount(1)
  await sidebar.getByRole('link', { name: 'A UDP server' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText('UDP')
  await expect(entry).toHaveAttribute('href', PATH)
})

test('hints come in two stages, and then the solution as a diff', async ({ page }) => {
  const { step, region, ...steps } = new Steps(page)
  await expect(step).not.toContainText('A string has no method')
  await step.getByRole('button', { name: 'Hint', exact: true }).click()
  await expect(step).toContainText('A string has no method that reverses it')
  await expect(step).not.toContainText("[...text].reverse().join('')")
  await step.getByRole('button', { name: 'Second hint' }).click()
  await expect(step).toContainText("Send [...text].reverse().join('') in place of text.toUpperCase().")
  await new Steps(page).tab('tcp-client.ts').click()
  const show = step.getByRole('button', { name: 'Show solution' })
  await show.click()
  await expect(show).toHaveAttribute('aria-pressed', 'true')
  await expect(region.getByRole('button', { name: 'Take from the solution' }).first()).toBeVisible()
  await show.click()
  await expect(region.getByRole('button', { name: 'Take from the solution' })).toHaveCount(0)
  await expect(steps.results).toHaveCount(0)
})

test('what the server prints is no result of its check', async ({ page }) => {
  const steps = new Steps(page)
  await steps.write("console.log('begin 1 - forged\\nok 1 - forged')")
  await steps.check('Not yet: 4 of 4 checks fail')
  await expect(steps.results.filter({ hasText: 'forged' })).toHaveCount(0)
  await steps.stop()
})

test('a check that cannot come to its end says why, in one line', async ({ page }) => {
  const steps = new Steps(page)
  await test.step('the program is no TypeScript', async () => {
    await steps.write('await (')
    await steps.check(/^No result: Could not start: tcp-server\.ts:\d+:\d+: /)
  })
  await test.step('the server ends while it is checked', async () => {
    await steps.replaceLine(FILE, 'await (', ['process.exit(3)'])
    await steps.check(/^No result: The server has ended before the check was over\. Exited with code 3$/)
  })
  await test.step('the server does not listen', async () => {
    await steps.replaceLine(FILE, 'process.exit(3)', ['// nothing'])
    await steps.replaceLine(FILE, 'await server.serveForever()', ['void server'])
    await steps.check(/^No result: The server has ended and does not listen: its terminal says why\. /)
  })
})

test('a server that never answers fails its check, and Cancel ends the waiting', async ({ page }) => {
  const steps = new Steps(page)
  await steps.write('await new Promise((resolve) => setTimeout(resolve, 1e6))')
  await steps.step.getByRole('button', { name: 'Check', exact: true }).click()
  await expect(steps.results.first()).toContainText('receivednothing, then nothing more', RESULT)
  await steps.step.getByRole('button', { name: 'Cancel' }).click()
  await expect(steps.step.locator('.news')).toHaveText('No result: The check was cancelled')
  await steps.stop()
})

test('a prediction is answered first, and then the measured number lands on the timeline', async ({
  page,
}) => {
  const steps = new Steps(page)
  const { prediction } = steps
  await expect(prediction).toContainText('After how many milliseconds does the second have its reply?')
  await steps.measure.click()
  await expect(prediction).toContainText('Answer first: a number is required')
  await expect(steps.answer).toBeFocused()
  await expect(prediction).not.toContainText('recv()')
  await expect(steps.status).toHaveText('Not started')

  await steps.answer.fill('2000')
  await steps.measure.click()
  const measured = prediction.getByRole('definition').nth(1)
  await expect(measured).toHaveText(/^\d+ ms$/, RESULT)
  const value = await measured.innerText()
  // The second waits for the silence of the first; whatever is beyond that is the machine's.
  expect(Number.parseInt(value, 10)).toBeGreaterThan(950)
  await expect(prediction.getByRole('definition').first()).toHaveText('2000 ms')
  await expect(prediction).toContainText('recv()')

  await prediction.getByRole('button', { name: 'See it on the timeline' }).click()
  await expect(steps.region.getByRole('img', { name: `Measured: ${value}` })).toBeVisible()
  await steps.stop()

  await page.reload()
  await expect(measured).toHaveText(value)
  await expect(steps.answer).toHaveValue('2000')
  await prediction.getByRole('button', { name: 'Guess again' }).click()
  await expect(steps.answer).toHaveValue('')
  await expect(prediction).not.toContainText('recv()')
})

test('the keyboard alone predicts, takes hints, solves and checks', async ({ page }) => {
  const steps = new Steps(page)
  const { keyboard } = page
  const button = (name: string): Locator => steps.region.getByRole('button', { name, exact: true })
  await expect(button('Start')).toBeEnabled()
  await button('Start').focus()
  await steps.tabTo(steps.answer)
  await keyboard.type('3000')
  await keyboard.press('Enter')
  await expect(steps.prediction.getByRole('definition').nth(1)).toHaveText(/^\d+ ms$/, RESULT)
  await steps.tabTo(button('Hint'))
  await keyboard.press('Enter')
  await expect(button('Second hint')).toBeFocused()
  await steps.tabTo(button('Show solution'))
  await keyboard.press('Enter')
  const take = button('Take from the solution')
  await expect(take.first()).toBeVisible()
  while ((await take.count()) > 0) {
    await steps.tabTo(take.last(), 'Shift+Tab')
    await keyboard.press('Enter')
  }
  await steps.tabTo(button('Check'))
  await keyboard.press('Enter')
  await expect(steps.step.locator('.news')).toHaveText('Solved: all 4 checks pass', RESULT)
  await expect(button('Check')).toBeFocused()
  await steps.stop()
})

test('a datagram server is checked and measured too', async ({ page, site }) => {
  await page.goto(site.address('/tutorial/udp-echo'))
  const steps = new Steps(page, 'udp-server.ts')
  await steps.check('Not yet: 3 of 3 checks fail')
  await steps.answer.fill('2')
  await steps.measure.click()
  await expect(steps.prediction.getByRole('definition').nth(1)).toHaveText('3 replies', RESULT)
  await steps.stop()
})

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`${colorScheme}, 390 pixels wide`, () => {
    test.use({ colorScheme, viewport: { width: 390, height: 844 } })

    test('a step with its results and a measured prediction is accessible and fits', async ({ page }) => {
      const steps = new Steps(page)
      await steps.step.getByRole('button', { name: 'Hint', exact: true }).click()
      await steps.check('Not yet: 4 of 4 checks fail')
      await steps.answer.fill('1')
      await steps.measure.click()
      await steps.prediction.getByRole('button', { name: 'See it on the timeline' }).click(RESULT)
      await expect(steps.region.getByRole('img', { name: /^Measured: / })).toBeVisible()
      const { violations } = await new AxeBuilder({ page }).analyze()
      expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([])
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      expect(overflow).toBeLessThanOrEqual(0)
      await steps.stop()
    })
  })
}
