import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { Playground } from './playground.ts'
import { exampleSource, expect, startSite, test } from './site.ts'

for (const colorScheme of ['light', 'dark'] as const) {
  for (const viewport of [
    { width: 1440, height: 900 },
    { width: 390, height: 844 },
  ]) {
    test.describe(`${colorScheme}, ${viewport.width} pixels wide`, () => {
      test.use({ colorScheme, viewport })

      test('a playground in use is accessible and does not scroll sideways', async ({ page, site }) => {
        await page.goto(site.address('/tutorial/tcp-echo'))
        const playground = new Playground(page, 'tcp-server.ts')
        await playground.openEditor('tcp-server.ts')
        await playground.replaceLine('tcp-server.ts', 'this.request is', ["console.error('a warning')"])
        await playground.start()
        await playground.client.enter('hello')
        await playground.client.shows('Received: HELLO')
        await playground.server.shows('a warning')
        await expectReadable(page)
        await playground.stop()
      })

      test.describe('without its server', () => {
        test.use({ expectedComplaint: /WebSocket connection to|Failed to load resource/ })

        test('a playground says what is lost, accessibly and without scrolling sideways', async ({
          page,
        }) => {
          const site = await startSite()
          await page.goto(site.address('/tutorial/tcp-echo'))
          const playground = new Playground(page, 'tcp-server.ts')
          await playground.start()
          await playground.region.getByText('Unwalled').click()
          await site.close()
          await expect(playground.alert).toContainText('The playground server does not answer')
          await expectReadable(page)
        })
      })
    })
  }
}

test('a page holds its programs as text, and loads no editor, terminal or connection until it is touched', async ({
  page,
  site,
}) => {
  const loaded: string[] = []
  page.on('request', (request) => loaded.push(request.url()))
  page.on('websocket', (socket) => loaded.push(socket.url()))
  await page.goto(site.address('/tutorial/tcp-echo'), { waitUntil: 'networkidle' })
  const playground = new Playground(page, 'tcp-server.ts')
  const source = await exampleSource('tcp-server.ts')
  await expect(playground.staticCode('tcp-server.ts')).toHaveText(source.trim(), { useInnerText: true })
  await expect(playground.button('Start')).toBeEnabled()
  const lazy = /terminal-screen|code-editor|tcp-server|session$/
  expect(loaded.filter((url) => lazy.test(url))).toEqual([])
  await playground.openEditor('tcp-server.ts')
  await expect(playground.server.input).toHaveCount(1)
  expect(loaded.filter((url) => lazy.test(url)).length).toBeGreaterThan(3)
})

test('opening the editor and the terminals moves nothing on the page', async ({ page, site }) => {
  await page.goto(site.address('/tutorial/tcp-echo'))
  const playground = new Playground(page, 'tcp-server.ts')
  await expect(playground.button('Start')).toBeEnabled()
  await playground.region.scrollIntoViewIfNeeded()
  const before = await playground.region.boundingBox()
  const firstLine = await playground.staticCode('tcp-server.ts').getByText('import').first().boundingBox()
  await playground.openEditor('tcp-server.ts')
  await expect(playground.client.input).toHaveCount(1)
  expect(await playground.region.boundingBox()).toEqual(before)
  const editedLine = await playground.editor('tcp-server.ts').getByText('import').first().boundingBox()
  expect(Math.abs((editedLine?.x ?? 0) - (firstLine?.x ?? NaN))).toBeLessThan(1)
  expect(Math.abs((editedLine?.y ?? 0) - (firstLine?.y ?? NaN))).toBeLessThan(2)
})

test('the search finds a page by its words', async ({ page, site }) => {
  await page.goto(site.address('/'))
  await page.getByRole('button', { name: 'Search' }).first().click()
  await page.getByRole('searchbox').fill('partly finished requests')
  await page.getByRole('option').first().click()
  await expect(page).toHaveURL(/\/tutorial\/event-loop/)
})

async function expectReadable(page: Page): Promise<void> {
  await page.evaluate(() => document.fonts.ready)
  const { violations } = await new AxeBuilder({ page }).analyze()
  const grave = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => ({
      id,
      nodes: nodes.map(({ html, failureSummary }) => ({ html, failureSummary })),
    }))
  expect(grave).toEqual([])
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  )
  expect(overflow).toBeLessThanOrEqual(0)
}
