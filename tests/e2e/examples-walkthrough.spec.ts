import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { examples } from '../../.vitepress/examples.ts'
import { Playground } from './playground.ts'
import { expect, test } from './site.ts'

/** What the walkthroughs of the pages say, which name the programs that they run. */
const walkthroughs = readdirSync(import.meta.dirname)
  .filter((file) => /(?<!^examples)-walkthrough\.spec\.ts$/.test(file))
  .map((file) => readFileSync(join(import.meta.dirname, file), 'utf8'))
  .join('\n')
const others = [...examples].filter(([, { server }]) => !walkthroughs.includes(`'${server}'`))

for (const [name, { server, client, words }] of others) {
  test(`the example ${name} starts, serves its client and stops`, async ({ page, site }) => {
    await page.goto(site.address('/playground'))
    await page.getByLabel('Example').selectOption(server)
    const playground = new Playground(page, server)
    await playground.button('Start').click()
    await expect(playground.status).toHaveText(/^Listening on /, { timeout: 20_000 })
    await playground.client.enter(words)
    const prompt = `$ tsx ${client}`
    const command = `${prompt} ${words}`.trimEnd()
    // The prompt comes back when the client has ended.
    const isBack = async (): Promise<boolean> => {
      const text = await playground.client.text()
      return text.includes(`${command}\n`) && text.endsWith(prompt)
    }
    await expect.poll(isBack, { timeout: 20_000 }).toBe(true)
    expect(await playground.client.text()).not.toContain('— Exited')
    await playground.stop()
  })
}
