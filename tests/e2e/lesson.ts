import type { Locator, Page } from '@playwright/test'
import { Playground } from './playground.ts'
import { expect } from './site.ts'

/** A check starts a server and several clients, on a machine that may be slow. */
const RESULT = { timeout: 45_000 }

/** A playground with a step, a prediction, or both. */
export class Lesson extends Playground {
  readonly task: Locator
  readonly prediction: Locator
  readonly results: Locator
  readonly answer: Locator
  readonly measure: Locator

  constructor(page: Page, serverFile: string) {
    super(page, serverFile)
    this.task = this.region.getByRole('region', { name: 'Your task' })
    this.prediction = this.region.getByRole('region', { name: 'Predict' })
    this.results = this.task.getByRole('list', { name: 'Results of the check' }).getByRole('listitem')
    this.answer = this.prediction.getByRole('spinbutton', { name: 'Your answer' })
    this.measure = this.prediction.getByRole('button', { name: 'Run and measure' })
  }

  async check(verdict: string | RegExp): Promise<void> {
    await this.task.getByRole('button', { name: 'Check', exact: true }).click()
    await expect(this.task.locator('.news')).toHaveText(verdict, RESULT)
  }

  /** Reads both hints, and opens the solution beside the program. */
  async askForHelp(): Promise<void> {
    await this.task.getByRole('button', { name: 'Hint', exact: true }).click()
    await this.task.getByRole('button', { name: 'Second hint' }).click()
    await this.task.getByRole('button', { name: 'Show solution' }).click()
  }

  /** Takes each change of the solution that is shown, and hides it again. */
  async takeSolution(): Promise<void> {
    const take = this.region.getByRole('button', { name: 'Take from the solution' })
    await expect(take.first()).toBeVisible()
    for (let left = await take.count(); left > 0; left -= 1) {
      await take.first().click()
      await expect(take).toHaveCount(left - 1)
    }
    await this.task.getByRole('button', { name: 'Show solution' }).click()
  }

  /** Answers the question of the prediction; resolves to the number that is then measured. */
  async predict(answer: number): Promise<number> {
    await this.answer.fill(String(answer))
    await this.measure.click()
    const measured = this.prediction.getByRole('definition').nth(1)
    await expect(measured).toBeVisible(RESULT)
    return Number.parseFloat(await measured.innerText())
  }
}
