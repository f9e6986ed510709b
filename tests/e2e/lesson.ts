import type { Locator, Page } from '@playwright/test'
import { Playground } from './playground.ts'
import { expect } from './site.ts'

/** A check runs several programs, on a machine that may be slow. */
export const RESULT = { timeout: 90_000 }

/** A playground with a step, a prediction, or both. */
export class Lesson extends Playground {
  readonly step: Locator
  readonly prediction: Locator
  readonly results: Locator
  readonly answer: Locator
  readonly measure: Locator

  constructor(page: Page, serverFile: string) {
    super(page, serverFile)
    this.step = this.region.getByRole('region', { name: 'Your turn' })
    this.prediction = this.region.getByRole('region', { name: 'Predict' })
    this.results = this.step.getByRole('list', { name: 'Results of the check' }).getByRole('listitem')
    this.answer = this.prediction.getByRole('spinbutton', { name: 'Your answer' })
    this.measure = this.prediction.getByRole('button', { name: 'Run and measure' })
  }

  async check(verdict: string | RegExp): Promise<void> {
    await this.step.getByRole('button', { name: 'Check', exact: true }).click()
    await expect(this.step.locator('.news')).toHaveText(verdict, RESULT)
  }

  /** Reads both hints, and opens the solution beside the program. */
  async askForHelp(): Promise<void> {
    await this.step.getByRole('button', { name: 'Hint', exact: true }).click()
    await this.step.getByRole('button', { name: 'Second hint' }).click()
    await this.showSolution()
  }

  /** Shows the solution, or hides it again. */
  async showSolution(): Promise<void> {
    await this.step.getByRole('button', { name: 'Show solution' }).click()
  }

  /** Takes each change of the solution that is shown, and hides it again. */
  async takeSolution(): Promise<void> {
    const take = this.region.getByRole('button', { name: 'Take from the solution' })
    await expect(take.first()).toBeVisible()
    await expect(async () => {
      if ((await take.count()) > 0) await take.first().click()
      expect(await take.count()).toBe(0)
    }).toPass(RESULT)
    await this.showSolution()
  }

  /** Answers the question of the prediction; resolves to the number that is then measured. */
  async predict(answer: number): Promise<number> {
    await this.answer.fill(String(answer))
    await this.measure.click()
    const measured = this.prediction.getByRole('definition').nth(1)
    await expect(measured).toBeVisible(RESULT)
    await expect(this.prediction.getByRole('definition').first()).toContainText(`${answer} `)
    return Number.parseFloat(await measured.innerText())
  }
}
