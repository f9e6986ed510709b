import { examples } from '../../.vitepress/examples.ts'
import { Playground } from './playground.ts'
import { expect, test } from './site.ts'

for (const [name, { server, client, words }] of examples) {
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
