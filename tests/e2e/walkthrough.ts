import type { Page } from '@playwright/test'
import { Lesson, RESULT } from './lesson.ts'
import { expect } from './site.ts'

/** A lesson whose program a reader edits as the page says. */
export class Walkthrough extends Lesson {
  readonly file: string
  readonly #page: Page
  readonly #port: number

  constructor(page: Page, serverFile: string, port = 9999) {
    super(page, serverFile)
    this.#page = page
    this.#port = port
    this.file = serverFile
  }

  override async start(): Promise<void> {
    await this.button('Start').click()
    await expect(this.status).toHaveText(
      new RegExp(`^Listening on 127\\.0\\.0\\.1:${this.#port} \\(pid \\d+\\)$`),
    )
  }

  /** Opens a ready client, and leaves its terminal in view. */
  async openClient(name: string, fields: Record<string, string> = {}): Promise<void> {
    await this.newClient(fields)
    await expect(this.clientTab(name)).toHaveAttribute('aria-selected', 'true')
    await this.client.shows(`Connected to 127.0.0.1 ${this.#port}`)
  }

  /** Writes a fragment of the page over the line that holds `text`, or above it. */
  async edit(where: 'over' | 'above', text: string, fragment: string): Promise<void> {
    if ((await this.editor(this.file).count()) === 0) await this.openEditor(this.file)
    await this.editor(this.file).getByText(text).first().click()
    await this.#page.keyboard.press('Home')
    if (where === 'over') await this.#page.keyboard.press('Shift+End')
    await this.#page.keyboard.insertText(where === 'over' ? fragment : `${fragment}\n`)
  }

  /** The code of the page that holds `text`. */
  async fragment(text: string): Promise<string> {
    return (
      await this.#page.locator('.vp-doc > div > div[class^=language-] pre', { hasText: text }).innerText()
    ).trim()
  }

  /** What is in view of the terminal, without spaces and newlines: a long line goes on in the next row. */
  async read(who: 'client' | 'server'): Promise<string> {
    return (await this[who].text()).replaceAll(/\s/g, '')
  }

  /** The terminal shows what `expected` matches, in which spaces and newlines do not count either. */
  async shows(who: 'client' | 'server', expected: RegExp): Promise<void> {
    const pattern = new RegExp(expected.source.replaceAll(/ |\\n/g, ''))
    await expect.poll(() => this.read(who), RESULT).toMatch(pattern)
  }

  async reset(): Promise<void> {
    await this.tab(this.file).click()
    await this.button('Reset').click()
  }

  /** Asks for both hints, which come one after the other. */
  async readHints(first: string, second: string): Promise<void> {
    await this.step.getByRole('button', { name: 'Hint', exact: true }).click()
    await expect(this.step).toContainText(first)
    await this.step.getByRole('button', { name: 'Second hint' }).click()
    await expect(this.step).toContainText(second)
  }

  async expectSolved(): Promise<void> {
    await this.check(/^Solved: all \d+ checks pass$/)
    await expect(this.step.getByRole('heading')).toHaveText('Your turn (solved)')
  }
}
