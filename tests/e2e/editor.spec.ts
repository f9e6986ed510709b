import type { Locator } from '@playwright/test'
import { Playground } from './playground.ts'
import { exampleSource, expect, test } from './site.ts'

const SERVER = 'tcp-server.ts'
const CLIENT = 'tcp-client.ts'

test.beforeEach(async ({ page, site }) => {
  await page.goto(site.address('/tutorial/tcp-echo'))
})

test('the language service loads only when an editor opens', async ({ page }) => {
  const loaded: string[] = []
  page.on('request', (request) => loaded.push(request.url()))
  const playground = new Playground(page, SERVER)
  await playground.start()
  await playground.client.enter('hello')
  await playground.client.shows('Received: HELLO')
  const language = /language-(?:types|worker|folder)/
  expect(loaded.filter((url) => language.test(url))).toEqual([])
  await playground.openEditor(SERVER)
  await expect.poll(() => loaded.filter((url) => language.test(url)).length).toBe(3)
  await playground.stop()
})

test('a type error is underlined, listed, reached by F8, and does not block a run', async ({ page }) => {
  const playground = new Playground(page, SERVER)
  await playground.openEditor(SERVER)
  await playground.replaceLine(SERVER, 'console.log(text)', [
    'const port: number = text',
    'console.log(port)',
  ])
  const summary = playground.region.getByText('1 problem. In the editor')
  await expect(summary).toBeVisible()
  await expect(playground.editor(SERVER).locator('.cm-lintRange-error')).toHaveText('port')
  await page.keyboard.press('Control+Home')
  await page.keyboard.press('F8')
  const message = "Type 'string' is not assignable to type 'number'."
  await expect(announcement(playground)).toHaveText(`Line 10. Error: ${message}`)
  await page.keyboard.press('Control+Home')
  await summary.click()
  await playground.region.getByRole('button', { name: `${SERVER}, line 10` }).click()
  await expect(playground.editor(SERVER)).toBeFocused()
  await playground.start()
  await playground.client.enter('hello')
  await playground.client.shows('Received: HELLO')
  await playground.stop()
})

test('completion knows the library, says what a name is, and imports it', async ({ page }) => {
  const playground = new Playground(page, SERVER)
  await playground.openEditor(SERVER)
  await expectTypeScript(playground)
  await playground.replaceLine(SERVER, 'this.request is', ['this.request.sen'])
  const option = page.getByRole('option', { name: /^sendAll|^send/ }).first()
  await expect(option).toBeVisible()
  await expect(page.locator('.cm-completionInfo')).toContainText('StreamSocket.send')
  await page.keyboard.press('Enter')
  await expect(playground.editor(SERVER)).toContainText('this.request.send')
  await playground.replaceLine(SERVER, 'serves until', ['console.log(ThreadingTC'])
  await expect(page.getByRole('option', { name: /^ThreadingTCPServer/ })).toBeVisible()
  // A list that has only just opened does not take Enter, so that nobody accepts what they have not seen.
  await expect(page.locator('.cm-completionInfo')).toContainText('ThreadingTCPServer')
  await page.keyboard.press('Enter')
  await expect(playground.editor(SERVER)).toContainText('TCPServer, ThreadingTCPServer } from')
})

test('Enter after a word that is written to its end begins a new line', async ({ page }) => {
  const playground = new Playground(page, SERVER)
  await playground.openEditor(SERVER)
  await expectTypeScript(playground)
  await playground.replaceLine(SERVER, 'this.request is', ['text'])
  await page.keyboard.press('Control+Space')
  await expect(page.getByRole('option', { name: 'text', exact: true })).toHaveAttribute(
    'aria-selected',
    'true',
  )
  await page.keyboard.press('Enter')
  await page.keyboard.type('// next')
  await expect(playground.editor(SERVER).getByText('// next')).toHaveText(/^\s*\/\/ next$/)
})

test('a hover and F1 show the type and the doc comment, of the library and of Node', async ({ page }) => {
  const playground = new Playground(page, SERVER)
  await playground.openEditor(SERVER)
  await expectTypeScript(playground)
  const tooltip = page.locator('.cm-description')
  await playground.editor(SERVER).getByText('recv', { exact: true }).hover()
  await expect(tooltip).toContainText('StreamSocket.recv(max: number): Promise<Buffer>')
  await expect(tooltip).toContainText('Receives what has arrived')
  await playground.editor(SERVER).getByText('log', { exact: true }).first().click()
  await page.mouse.move(0, 0)
  await page.keyboard.press('F1')
  await expect(tooltip).toContainText('Prints to `stdout` with newline')
  await expect(announcement(playground)).toContainText('Console.log')
  await page.keyboard.press('Escape')
  await expect(tooltip).toHaveCount(0)
})

test('the files of an example are one program', async ({ page }) => {
  const playground = new Playground(page, SERVER)
  await playground.openEditor(SERVER)
  await page.keyboard.press('Control+End')
  await page.keyboard.type('export const greeting = 5\n')
  await playground.openEditor(CLIENT)
  await page.keyboard.press('Control+Home')
  await page.keyboard.type(
    `import { greeting } from './${SERVER}'\nconst words: string = greeting\nvoid words\n`,
  )
  await expect(playground.region.getByText('1 problem. In the editor')).toBeVisible()
  await playground.tab(SERVER).click()
  await playground.editor(SERVER).getByText('greeting').click()
  await page.keyboard.press('End')
  await page.keyboard.press('Backspace')
  await page.keyboard.type("'five'")
  await expect(playground.region.getByText('problem. In the editor')).toHaveCount(0)
})

test('Format lays the file out, keeps the cursor and can be undone', async ({ page }) => {
  const playground = new Playground(page, SERVER)
  await playground.openEditor(SERVER)
  await playground.replaceLine(SERVER, 'console.log(text)', ['console . log( text );'])
  await playground.region.getByRole('button', { name: 'Format' }).click()
  await expect(playground.editor(SERVER).getByText('console').nth(1)).toBeVisible()
  await expect(playground.tab(SERVER)).toHaveText(SERVER)
  await playground.editor(SERVER).focus()
  await page.keyboard.press('Control+z')
  await expect(playground.tab(SERVER)).toHaveText(`${SERVER} (edited)`)
  await page.keyboard.press('Shift+Alt+F')
  await expect(playground.tab(SERVER)).toHaveText(SERVER)
})

test('the solution can be compared with and taken line by line', async ({ page }) => {
  const playground = new Playground(page, SERVER)
  await playground.openEditor(SERVER)
  const compare = playground.region.getByRole('button', { name: 'Compare with the solution' })
  await compare.click()
  await expect(compare).toHaveAttribute('aria-pressed', 'true')
  await expect(playground.editor(SERVER)).toContainText("[...text].reverse().join('')")
  await playground.region.getByRole('button', { name: 'Take from the solution' }).last().click()
  await compare.click()
  await expect(playground.editor(SERVER)).toContainText("[...text].reverse().join('')")
  await expect(playground.editor(SERVER)).not.toContainText('toUpperCase')
  await playground.button('Reset').click()
  await expect(playground.editor(SERVER)).toContainText('toUpperCase')
  await playground.editor(SERVER).focus()
  await page.keyboard.press('Control+z')
  await expect(playground.editor(SERVER)).not.toContainText('toUpperCase')
})

test('an error of a run is marked on its line until the next edit', async ({ page }) => {
  const playground = new Playground(page, SERVER)
  await playground.openEditor(SERVER)
  await playground.replaceLine(SERVER, 'this.request is', ["throw new Error('not today')"])
  await playground.start()
  await playground.client.enter('hello')
  const marked = playground.editor(SERVER).locator('.cm-run-error')
  await expect
    .poll(async () => (await marked.allTextContents()).join(''))
    .toBe("throw new Error('not today')")
  await playground.region.getByText(/^\d problems?/).click()
  await expect(playground.region.getByRole('listitem').filter({ hasText: 'The last run: ' })).toContainText(
    `${SERVER}, line 6 The last run: Error: not today`,
  )
  await playground.editor(SERVER).focus()
  await page.keyboard.press('Control+Home')
  await page.keyboard.press('F8')
  await expect(announcement(playground)).toContainText('Line 6. Error: Error: not today')
  await page.keyboard.press('Escape')
  await page.keyboard.press('End')
  await page.keyboard.type(' ')
  await expect(marked).toHaveCount(0)
  await playground.stop()
})

test('a syntax error that stops a start is marked on its line until the next start', async ({ page }) => {
  const playground = new Playground(page, SERVER)
  await playground.replaceProgram(SERVER, ['const = 5'])
  await playground.button('Start').click()
  await expect(playground.status).toContainText(`Could not start: ${SERVER}:1:7`)
  const marked = playground.editor(SERVER).locator('.cm-run-error')
  await expect.poll(async () => (await marked.allTextContents()).join('')).toBe('const = 5')
  await playground.button('Reset').click()
  await playground.start()
  await expect(marked).toHaveCount(0)
  await playground.stop()
})

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 } })

  test('the editor has letters that do not make the phone zoom', async ({ page }) => {
    const playground = new Playground(page, SERVER)
    await playground.openEditor(SERVER)
    await expect(playground.editor(SERVER)).toHaveCSS('font-size', '16px')
  })
})

test.describe('without the types', () => {
  test.use({ expectedComplaint: /Failed to load resource/ })

  test('the editor works and says what is missing', async ({ page }) => {
    await page.route(/language-types/, (route) => route.abort())
    const playground = new Playground(page, SERVER)
    await playground.openEditor(SERVER)
    await expect(playground.region.getByText('The types could not be loaded')).toBeVisible()
    await page.keyboard.press('Control+a')
    await page.keyboard.type("console.log('still here')")
    await playground.button('Start').click()
    await playground.server.shows('still here')
    await playground.button('Reset').click()
    await expect(playground.editor(SERVER)).toContainText((await exampleSource(SERVER)).slice(0, 20))
  })
})

/** What a screen reader is told by the editor that has the focus. */
function announcement(playground: Playground): Locator {
  return playground.region.locator('.cm-announced').first()
}

/** TypeScript has been loaded: from then on keys and hovers ask it. */
async function expectTypeScript(playground: Playground): Promise<void> {
  await expect(playground.region.getByText('F1 explains the name')).toBeVisible({ timeout: 15_000 })
}
