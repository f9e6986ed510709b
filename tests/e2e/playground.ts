import { expect, type Locator, type Page } from '@playwright/test'

const MAX_TAB_PRESSES = 80

/** A playground of the page, found and used as a reader would. */
export class Playground {
  readonly region: Locator
  readonly status: Locator
  /** What the page says when something is wrong with its connection. */
  readonly alert: Locator
  readonly server: TerminalPane
  readonly client: TerminalPane
  readonly #page: Page

  constructor(page: Page, serverFile: string) {
    this.#page = page
    this.region = page.getByRole('region', { name: `Playground: ${serverFile}` })
    this.status = this.region.getByRole('status')
    this.alert = this.region.getByRole('alert')
    this.server = new TerminalPane(page, this.region.getByRole('region', { name: 'Server terminal' }))
    this.client = new TerminalPane(page, this.region.getByRole('region', { name: 'Client terminal' }))
  }

  button(name: 'Start' | 'Stop' | 'Restart' | 'Reset'): Locator {
    return this.region.getByRole('button', { name, exact: true })
  }

  tab(file: string): Locator {
    return this.region.getByRole('tablist', { name: 'Files' }).getByRole('tab', { name: file })
  }

  editor(file: string): Locator {
    return this.region.getByRole('textbox', { name: `${file}, editor` })
  }

  /** The highlighted program that is there before the reader has touched it. */
  staticCode(file: string): Locator {
    return this.region.getByRole('group', { name: file }).locator('pre')
  }

  async start(): Promise<void> {
    await this.button('Start').click()
    await expect(this.status).toHaveText(/^Listening on 127\.0\.0\.1:9999 \(pid \d+\)$/)
  }

  async restart(): Promise<void> {
    const before = await this.status.innerText()
    await this.button('Restart').click()
    await expect(this.status).toHaveText(/^Listening on/)
    await expect(this.status).not.toHaveText(before)
  }

  async stop(): Promise<void> {
    await this.button('Stop').click()
    await expect(this.status).toHaveText('Stopped')
  }

  async openEditor(file: string): Promise<void> {
    await this.tab(file).click()
    await this.staticCode(file).click()
    await expect(this.editor(file)).toBeFocused()
  }

  /** Opens a ready client, or runs a burst of them, with these fields of its form changed. */
  async newClient(fields: Record<string, string> = {}): Promise<void> {
    await this.client.region.getByRole('button', { name: 'New client' }).click()
    const form = this.client.region.getByRole('form', { name: 'New client' })
    for (const [label, value] of Object.entries(fields)) {
      const choice = form.getByRole('combobox', { name: label, exact: true })
      const amount = form.getByRole('spinbutton', { name: label, exact: true })
      const field = choice.or(amount).or(form.getByRole('textbox', { name: label, exact: true }))
      if ((await field.evaluate(({ tagName }) => tagName)) === 'SELECT') await field.selectOption(value)
      else await field.fill(value)
    }
    await form.getByRole('button', { name: /^(Open the client|Run the burst)$/ }).click()
  }

  clientTab(name: string): Locator {
    return this.client.region.getByRole('tab', { name })
  }

  /** One of the views below the terminals. */
  view(name: 'Timeline' | 'Compare' | 'Wire view' | 'Processes'): Locator {
    return this.region.getByRole('group', { name: 'What happens' }).getByRole('button', { name, exact: true })
  }

  /** Presses Tab until `target` has the focus: every control is within reach of the keyboard. */
  async tabTo(target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
    const isReached = (): Promise<boolean> => target.evaluate((element) => element === document.activeElement)
    for (let presses = 0; presses < MAX_TAB_PRESSES && !(await isReached()); presses += 1) {
      await this.#page.keyboard.press(key)
    }
    await expect(target).toBeFocused()
  }

  /** Types over the line of the open editor that holds `text`. */
  async replaceLine(file: string, text: string, replacement: string[]): Promise<void> {
    await this.editor(file).getByText(text).click()
    await this.#page.keyboard.press('End')
    await this.#page.keyboard.press('Shift+Home')
    await this.typeLines(replacement)
  }

  async replaceProgram(file: string, lines: string[]): Promise<void> {
    await this.openEditor(file)
    await this.#page.keyboard.press('Control+a')
    await this.typeLines(lines)
  }

  /** Types over the selection; the editor indents new lines and closes brackets while it is typed into. */
  async typeLines(lines: string[]): Promise<void> {
    for (const [index, line] of lines.entries()) {
      if (index > 0) await this.#page.keyboard.press('Enter')
      await this.#page.keyboard.type(line)
    }
  }
}

class TerminalPane {
  readonly region: Locator
  readonly input: Locator
  readonly #page: Page

  constructor(page: Page, region: Locator) {
    this.#page = page
    this.region = region
    this.input = region.getByRole('textbox')
  }

  async enter(line: string): Promise<void> {
    await this.input.focus()
    await this.#page.keyboard.type(line)
    await this.#page.keyboard.press('Enter')
  }

  async paste(text: string): Promise<void> {
    await this.input.evaluate((element, pasted) => {
      const clipboardData = new DataTransfer()
      clipboardData.setData('text/plain', pasted)
      element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }))
    }, text)
  }

  /** The rows in view, as a screen reader finds them. */
  async text(): Promise<string> {
    const rows = await this.region.getByRole('listitem').allTextContents()
    return rows
      .map((row) => row.replaceAll('\u00a0', ' ').trimEnd())
      .join('\n')
      .trim()
  }

  /** The rows in view hold `expected`, row by row. */
  async shows(expected: string | RegExp): Promise<void> {
    const poll = expect.poll(() => this.text())
    await (typeof expected === 'string' ? poll.toContain(expected) : poll.toMatch(expected))
  }

  /** The rows in view hold `expected`, however it is wrapped. */
  async showsWrapped(expected: string): Promise<void> {
    await expect.poll(async () => withoutSpace(await this.text())).toContain(withoutSpace(expected))
  }

  /** Scrolls up until the rows in view hold `expected`: a traceback may be longer than the view. */
  async showsAbove(expected: string): Promise<void> {
    const isInView = async (): Promise<boolean> => {
      if (withoutSpace(await this.text()).includes(withoutSpace(expected))) return true
      await this.input.press('Shift+PageUp')
      return false
    }
    await expect.poll(isInView).toBe(true)
  }
}

function withoutSpace(text: string): string {
  return text.replaceAll(/\s/g, '')
}
