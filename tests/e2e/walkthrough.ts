import type { Locator, Page } from '@playwright/test'
import { Playground } from './playground.ts'
import { expect } from './site.ts'

/** A check runs several programs, on a machine that may be slow. */
const RESULT = { timeout: 90_000 }

/** A playground with a step and a prediction, used as the pages of the tutorial say. */
export class Walkthrough extends Playground {
  readonly task: Locator
  readonly prediction: Locator
  readonly file: string
  readonly #page: Page
  readonly #port: number

  constructor(page: Page, serverFile: string, port = 9999) {
    super(page, serverFile)
    this.#page = page
    this.#port = port
    this.file = serverFile
    this.task = this.region.getByRole('region', { name: 'Your task' })
    this.prediction = this.region.getByRole('region', { name: 'Predict' })
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

  /** Answers the question, and expects the measured value beside the answer. */
  async predict(answer: string, measured: RegExp): Promise<void> {
    await this.prediction.getByRole('spinbutton', { name: 'Your answer' }).fill(answer)
    await this.prediction.getByRole('button', { name: 'Run and measure' }).click()
    await expect(this.prediction.getByRole('definition').nth(1)).toHaveText(measured, RESULT)
    await expect(this.prediction.getByRole('definition').first()).toHaveText(new RegExp(`^${answer} `))
  }

  /** Presses Check, and expects what the page then says of all checks. */
  async check(verdict: RegExp): Promise<void> {
    await this.task.getByRole('button', { name: 'Check', exact: true }).click()
    await expect(this.task.getByText(verdict)).toBeVisible(RESULT)
  }

  /** Asks for both hints, which come one after the other. */
  async readHints(first: string, second: string): Promise<void> {
    await this.task.getByRole('button', { name: 'Hint', exact: true }).click()
    await expect(this.task).toContainText(first)
    await this.task.getByRole('button', { name: 'Second hint' }).click()
    await expect(this.task).toContainText(second)
  }

  /** Takes each change of the solution that is shown beside the reader's program. */
  async takeSolution(): Promise<void> {
    await this.task.getByRole('button', { name: 'Show solution' }).click()
    const take = this.region.getByRole('button', { name: 'Take from the solution' })
    await expect(take.first()).toBeVisible()
    await expect(async () => {
      if ((await take.count()) > 0) await take.first().click()
      expect(await take.count()).toBe(0)
    }).toPass(RESULT)
    await this.task.getByRole('button', { name: 'Show solution' }).click()
  }

  async expectSolved(): Promise<void> {
    await this.check(/^Solved: all \d+ checks pass$/)
    await expect(this.task.getByRole('heading')).toHaveText('Your task (solved)')
  }
}
