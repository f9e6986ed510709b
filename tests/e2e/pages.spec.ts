import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, test } from './site.ts'

const BUILT_DOCS = join(import.meta.dirname, '../../.vitepress/dist')
const PHONE = { width: 390, height: 844 }
const DESKTOP = { width: 1440, height: 900 }
/** What a narrow window and other colours can break; the other rules are about the page's text and names. */
const IN_THE_DARK = ['color-contrast', 'scrollable-region-focusable', 'target-size', 'meta-viewport']

const pages = readdirSync(BUILT_DOCS, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.html') && file !== '404.html')
  .map((file) => `/${file.replace(/(index)?\.html$/, '')}`)
  .sort()

test('the built site has the pages of the course and the reference', () => {
  expect(pages).toContain('/tutorial/tcp-echo')
  expect(pages).toContain('/reference/api/handlers')
})

for (const path of pages) {
  test(`${path} is accessible in light and dark, and does not scroll sideways`, async ({ page, site }) => {
    await page.setViewportSize(DESKTOP)
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
    await page.goto(site.address(path))
    await expect(page.locator('html')).not.toHaveClass(/dark/)
    expect(await graveViolations(page)).toEqual([])
    await page.setViewportSize(PHONE)
    await page.emulateMedia({ colorScheme: 'dark' })
    await expect(page.locator('html')).toHaveClass(/dark/)
    expect(await graveViolations(page, IN_THE_DARK)).toEqual([])
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    expect(overflow).toBeLessThanOrEqual(0)
  })
}

test('a name in the code of a guide shows its type and what it does, to the pointer and to the keyboard', async ({
  page,
  site,
}) => {
  await page.goto(site.address('/guides/install-and-use'))
  const names = page.locator('pre .TypedName')
  const popup = page.getByRole('tooltip')
  await names.filter({ hasText: /^write$/ }).hover()
  await expect(popup).toContainText('StreamWriter.write(data: Uint8Array | string): Promise<number>')
  await expect(popup).toContainText('Writes all of `data` (text as UTF-8)')
  expect(await graveViolations(page)).toEqual([])
  await page.mouse.move(0, 0)
  await expect(popup).not.toBeVisible()

  const stops = await page.locator('pre:has(.TypedName)').first().locator('.TypedName[tabindex="0"]').count()
  expect(stops).toBe(1)
  await names.first().focus()
  await expect(names.first()).toHaveAccessibleDescription(/\w/)
  const second = names.nth(1)
  await page.keyboard.press('ArrowRight')
  await expect(second).toBeFocused()
  await expect(popup).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(popup).not.toBeVisible()
})

test.describe('in print', () => {
  test.beforeEach(({ page }) => page.emulateMedia({ media: 'print' }))

  test('a page has its text and its links, dark on white, and nothing to click', async ({ page, site }) => {
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
    await page.goto(site.address('/reference/errors'))
    for (const part of ['.VPNav', '.VPLocalNav', '.VPSidebar', '.VPDocAside', '.VPDocFooter']) {
      await expect(page.locator(part)).not.toBeVisible()
    }
    await expect(page.getByRole('heading', { name: 'Error codes' })).toBeVisible()
    const link = page.getByRole('link', { name: 'SocketServerError' })
    await expect(link).toHaveCSS('text-decoration-line', 'underline')
    expect(await graveViolations(page)).toEqual([])
    await expect(page.locator('body')).toHaveCSS('background-color', 'rgb(255, 255, 255)')
  })

  test('a playground prints its programs', async ({ page, site }) => {
    await page.goto(site.address('/tutorial/tcp-echo'))
    await expect(page.getByText('class MyTCPHandler extends').first()).toBeVisible()
    await expect(page.getByText('await connect(').first()).toBeVisible()
    await expect(page.getByRole('button', { name: 'Start' })).not.toBeVisible()
  })
})

/** Of all rules, or of those that are named. */
async function graveViolations(page: Page, rules?: string[]): Promise<unknown[]> {
  const axe = new AxeBuilder({ page }).options({ resultTypes: ['violations'] })
  const { violations } = await (rules === undefined ? axe : axe.withRules(rules)).analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => ({
      id,
      nodes: nodes.map(({ html, failureSummary }) => ({ html, failureSummary })),
    }))
}
