import type { Locator } from '@playwright/test'
import { Playground } from './playground.ts'
import { expect, test } from './site.ts'

test.use({ permissions: ['clipboard-read', 'clipboard-write'] })

test.beforeEach(async ({ page, site }) => {
  await page.goto(site.address('/tutorial/tcp-echo'))
})

function tool(playground: Playground, name: string): Locator {
  return playground.server.region.getByRole('button', { name, exact: true })
}

test('what a terminal holds can be searched, copied and cleared', async ({ page }) => {
  const playground = new Playground(page, 'tcp-server.ts')
  await playground.replaceProgram('tcp-server.ts', [
    "console.log('\\x1b[32mneedle one\\x1b[0m')",
    "for (let line = 1; line <= 60; line += 1) console.log('hay', line)",
    "console.log('needle two')",
  ])
  await playground.button('Start').click()
  await playground.server.shows('needle two')
  expect(await playground.server.text()).not.toContain('needle one')

  await test.step('search', async () => {
    await tool(playground, 'Search').click()
    await expect(playground.server.region.getByRole('searchbox')).toBeFocused()
    await page.keyboard.type('needle')
    const search = playground.server.region.getByRole('search')
    await expect(search).toContainText(/[12] of 2/)
    await page.keyboard.press('Enter')
    await page.keyboard.press('Shift+Enter')
    if ((await search.innerText()).includes('2 of 2')) await page.keyboard.press('Shift+Enter')
    await playground.server.shows('needle one')
    await page.keyboard.type(' in hay')
    await expect(search).toContainText('Not found')
    await page.keyboard.press('Escape')
    await expect(search).toHaveCount(0)
    await expect(playground.server.input).toBeFocused()
  })

  await test.step('copy', async () => {
    await tool(playground, 'Copy').click()
    await expect(playground.server.region.getByText('Server terminal copied')).toBeAttached()
    const copied = await page.evaluate(() => navigator.clipboard.readText())
    expect(copied).toContain('needle one\nhay 1\n')
    expect(copied).toContain('hay 60\nneedle two\n')
  })

  await test.step('clear', async () => {
    await tool(playground, 'Clear').click()
    await expect.poll(() => playground.server.text()).not.toContain('needle')
  })
})

test('a locked terminal holds what is in view while the program goes on printing', async ({ page }) => {
  const playground = new Playground(page, 'tcp-server.ts')
  await playground.replaceProgram('tcp-server.ts', [
    'let line = 0',
    "setInterval(() => console.log('line', (line += 1)), 20)",
  ])
  await playground.button('Start').click()
  await playground.server.shows(/line \d\d/)
  await tool(playground, 'Scroll lock').click()
  await expect(tool(playground, 'Scroll lock')).toHaveAttribute('aria-pressed', 'true')
  const lastLine = async (): Promise<number> => {
    return Number(/line (\d+)$/.exec(await playground.server.text())?.[1])
  }
  const before = await lastLine()
  const wholeText = async (): Promise<string> => {
    await tool(playground, 'Copy').click()
    return page.evaluate(() => navigator.clipboard.readText())
  }
  await expect.poll(wholeText).toContain(`line ${before + 50}\n`)
  // What was on its way at the click is in view too.
  const held = await lastLine()
  expect(held).toBeLessThan(before + 50)
  await expect.poll(wholeText).toContain(`line ${held + 100}\n`)
  expect(await lastLine()).toBe(held)
  await tool(playground, 'Scroll lock').click()
  await expect.poll(lastLine).toBeGreaterThan(held + 100)
  await playground.stop()
})

test('what a program has set of its terminal ends with it, and what it has printed stays', async ({
  page,
}) => {
  const playground = new Playground(page, 'tcp-server.ts')
  await playground.replaceProgram('tcp-server.ts', [
    "console.log('before')",
    "process.stdout.write('\\x1b[31m\\x1b[?25l\\x1b[?1049hon another screen')",
    'setInterval(() => {}, 1000)',
  ])
  await playground.button('Start').click()
  await playground.server.shows('on another screen')
  await playground.stop()
  await playground.server.shows(/before\n+— Stopped$/)

  await playground.editor('tcp-server.ts').focus()
  await page.keyboard.press('Control+a')
  await playground.typeLines(["process.stdout.write('one\\ntwo\\nthree\\x1b[2A')"])
  await playground.button('Start').click()
  await playground.server.shows(/one\ntwo\nthree\n+— Exited with code 0/)
})

test('a reader without a screen reader can do without its rows', async ({ page }) => {
  const playground = new Playground(page, 'tcp-server.ts')
  await playground.start()
  await playground.server.shows('Listening')
  await tool(playground, 'Screen reader').click()
  await expect(playground.server.region.getByRole('listitem')).toHaveCount(0)
  await expect(playground.client.region.getByRole('listitem')).toHaveCount(0)
  await tool(playground, 'Screen reader').click()
  await playground.server.shows('Listening')
})

test('the tools of a terminal are one stop of Tab, and Tab and Escape leave the terminal', async ({
  page,
}) => {
  const playground = new Playground(page, 'tcp-server.ts')
  await playground.start()
  await playground.tabTo(tool(playground, 'Search'))
  await page.keyboard.press('ArrowRight')
  await expect(tool(playground, 'Copy')).toBeFocused()
  await page.keyboard.press('End')
  await expect(tool(playground, 'Screen reader')).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(playground.server.region.getByRole('button', { name: 'Ctrl-C' })).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(playground.server.input).toBeFocused()
  await page.keyboard.press('Escape')
  await page.keyboard.press('Tab')
  await expect(playground.server.input).not.toBeFocused()
})
