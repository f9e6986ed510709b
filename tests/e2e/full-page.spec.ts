import { AxeBuilder } from '@axe-core/playwright'
import type { Locator } from '@playwright/test'
import { examples } from '../../.vitepress/examples.ts'
import { Playground } from './playground.ts'
import { expect, test } from './site.ts'

const PATH = '/playground'
const FILE = 'tcp-server.ts'

test('the navigation leads to the full page', async ({ page, site }) => {
  await page.goto(site.address('/'))
  await page.getByRole('navigation').getByRole('link', { name: 'Playground' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Playground' })).toBeVisible()
})

test('the picker shows each example as highlighted text, and the page remembers the choice', async ({
  page,
  site,
}) => {
  await page.goto(site.address(PATH))
  const picker = page.getByLabel('Example')
  for (const { server, client } of examples.values()) {
    await picker.selectOption(server)
    const playground = new Playground(page, server)
    await expect(playground.staticCode(server).locator('.line').first()).toContainText('import')
    await playground.tab(client).click()
    await expect(playground.staticCode(client).locator('.line').first()).toContainText('import')
  }
  await picker.selectOption('udp-server.ts')
  await page.reload()
  await expect(picker).toHaveValue('udp-server.ts')
  await new Playground(page, 'udp-server.ts').start()
  await new Playground(page, 'udp-server.ts').stop()
})

test('panes are resized by keyboard, mouse and touch, and the page remembers the layout', async ({
  page,
  site,
}) => {
  await page.goto(site.address(PATH))
  const playground = new Playground(page, FILE)
  const width = page.getByRole('separator', { name: 'Width of the code' })
  const code = playground.region.locator('.PlaygroundCode')
  const before = (await code.boundingBox())?.width ?? 0
  await width.focus()
  await page.keyboard.press('ArrowRight')
  await expect(width).toHaveAttribute('aria-valuenow', '62')
  expect((await code.boundingBox())?.width ?? 0).toBeGreaterThan(before)
  await page.keyboard.press('End')
  await expect(width).toHaveAttribute('aria-valuenow', '80')
  await page.keyboard.press('Home')
  await expect(width).toHaveAttribute('aria-valuenow', '25')

  const grip = await width.boundingBox()
  if (grip === null) throw new Error('The separator is not drawn')
  await page.mouse.move(grip.x + grip.width / 2, grip.y + grip.height / 2)
  await page.mouse.down()
  await page.mouse.move(700, grip.y + grip.height / 2)
  await page.mouse.up()
  await page.mouse.move(900, grip.y)
  const box = await code.boundingBox()
  expect(Math.abs((box?.x ?? 0) + (box?.width ?? 0) - 700)).toBeLessThan(12)

  const height = page.getByRole('separator', { name: 'Height of the server terminal' })
  await height.focus()
  await page.keyboard.press('ArrowDown')
  await expect(height).toHaveAttribute('aria-valuenow', '52')
  const share = (await width.getAttribute('aria-valuenow')) ?? ''
  await page.reload()
  await expect(width).toHaveAttribute('aria-valuenow', share)
  await expect(height).toHaveAttribute('aria-valuenow', '52')
})

test.describe('with a finger', () => {
  test.use({ hasTouch: true })

  test('a pane follows the finger and the page does not scroll', async ({ page, site }) => {
    await page.goto(site.address(PATH))
    const separator = page.getByRole('separator', { name: 'Height of the server terminal' })
    const grip = await separator.boundingBox()
    if (grip === null) throw new Error('The separator is not drawn')
    const x = grip.x + grip.width / 2
    const y = grip.y + grip.height / 2
    const devtools = await page.context().newCDPSession(page)
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', at: number): Promise<unknown> =>
      devtools.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: type === 'touchEnd' ? [] : [{ x, y: at }],
      })
    await touch('touchStart', y)
    await touch('touchMove', y + 40)
    await touch('touchMove', y + 80)
    await touch('touchEnd', y + 80)
    await expect.poll(async () => Number(await separator.getAttribute('aria-valuenow'))).toBeGreaterThan(55)
    expect(await page.evaluate(() => scrollY)).toBe(0)
  })
})

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 } })

  test('below a long program that is not edited yet, each view opens at a tap', async ({ page, site }) => {
    await page.goto(site.address(PATH))
    await page.getByLabel('Example').selectOption('race.ts')
    const playground = new Playground(page, 'race.ts')
    for (const name of ['Timeline', 'Compare', 'Wire view', 'Processes'] as const) {
      await playground.view(name).click()
      await expect(playground.view(name)).toHaveAttribute('aria-expanded', 'true')
    }
  })
})

for (const colorScheme of ['light', 'dark'] as const) {
  for (const viewport of [
    { width: 1440, height: 900 },
    { width: 390, height: 844 },
  ]) {
    test.describe(`${colorScheme}, ${viewport.width} pixels wide`, () => {
      test.use({ colorScheme, viewport })

      test('the full page, in use with a kind of server chosen, is accessible and stacks', async ({
        page,
        site,
      }) => {
        await page.goto(site.address(PATH))
        const playground = new Playground(page, FILE)
        await playground.region.getByRole('button', { name: 'Kind of server' }).click()
        await playground.region.getByRole('button', { name: 'Threads' }).click()
        await playground.start()
        await playground.client.enter('hello')
        await playground.client.shows('Received: HELLO')
        const { violations } = await new AxeBuilder({ page }).analyze()
        expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([])
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        )
        expect(overflow).toBeLessThanOrEqual(0)
        const isPhone = viewport.width < 900
        await expect(page.getByRole('separator')).toHaveCount(isPhone ? 0 : 3)
        if (isPhone) {
          const code = await playground.region.locator('.PlaygroundCode').boundingBox()
          const terminal = await playground.server.region.boundingBox()
          expect(terminal?.y ?? 0).toBeGreaterThan((code?.y ?? 0) + (code?.height ?? 0) - 1)
        }
        await playground.stop()
      })
    })
  }
}

test.describe('in the colours that a reader forces', () => {
  test.use({ contextOptions: { forcedColors: 'active' } })

  test('what is chosen, and what cannot be pressed, is told apart', async ({ page, site }) => {
    await page.goto(site.address('/playground'))
    const playground = new Playground(page, 'tcp-server.ts')
    const colorOf = (element: Locator): Promise<string> =>
      element.evaluate((node) => getComputedStyle(node).color)
    const groundOf = (element: Locator): Promise<string> =>
      element.evaluate((node) => getComputedStyle(node).backgroundColor)
    await expect(playground.button('Start')).toHaveAttribute('aria-disabled', 'false')
    expect(await colorOf(playground.button('Stop'))).not.toBe(await colorOf(playground.button('Start')))
    await playground.view('Timeline').click()
    expect(await groundOf(playground.view('Timeline'))).not.toBe(await groundOf(playground.view('Compare')))
    const border = (name: string): Promise<string> =>
      playground.tab(name).evaluate((node) => getComputedStyle(node).borderBottomWidth)
    expect(await border('tcp-server.ts')).toBe('3px')
    expect(await border('tcp-client.ts')).not.toBe('3px')
  })
})

test('in the narrowest pane the title of a terminal and the button that closes a client are whole', async ({
  page,
  site,
}) => {
  await page.goto(site.address('/playground'))
  const playground = new Playground(page, 'tcp-server.ts')
  await playground.start()
  await playground.newClient()
  await page.getByRole('separator', { name: 'Width of the code' }).press('End')
  for (const element of [
    playground.server.region.getByRole('heading', { name: 'Server' }),
    playground.client.region.getByRole('button', { name: 'Close TCP client 1' }),
  ]) {
    await expect(element).toBeInViewport({ ratio: 1 })
    expect(await element.evaluate((node) => node.parentElement && node.scrollWidth <= node.clientWidth)).toBe(
      true,
    )
  }
  await playground.client.region.getByRole('button', { name: 'Close TCP client 1' }).click()
  await expect(playground.clientTab('TCP client 1')).toHaveCount(0)
  await playground.stop()
})
