import { expect, test } from './site.ts'
import { Walkthrough } from './walkthrough.ts'

const SERVERS = ['TCPServer', 'ThreadingTCPServer', 'ForkingTCPServer', 'AsyncTCPServer'] as const

test.beforeEach(async ({ page, site }) => {
  test.setTimeout(240_000)
  await page.goto(site.address('/tutorial/choosing'))
})

test('a reader compares the four with a handler that computes, and with one that waits', async ({ page }) => {
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/Choosing among the four/)
  const choosing = new Walkthrough(page, 'choosing.ts')
  await choosing.view('Compare').click()
  const computing = await compare(choosing)
  expect(computing.get('AsyncTCPServer')).toBeLessThan(computing.get('TCPServer') ?? 0)

  await choosing.edit(
    'over',
    'const primes = countPrimes(limit)',
    await choosing.fragment('setTimeout(resolve, 200)'),
  )
  const waiting = await compare(choosing)
  // One after the other: 400 ms of silence and six times 200 ms; at the same time: 400 ms and 200 ms.
  expect(waiting.get('TCPServer')).toBeGreaterThan(1500)
  expect(waiting.get('AsyncTCPServer')).toBeLessThan(waiting.get('TCPServer') ?? 0)
  await choosing.reset()
  expect(await choosing.predict(1)).toBeGreaterThan(0)
  await choosing.view('Compare').click()
  await choosing.stop()
})

test('of the four classes one does all that is asked for', async ({ page }) => {
  const choosing = new Walkthrough(page, 'choosing.ts')
  await choosing.check(/^Not yet: 2 of 3 checks fail$/)
  await choosing.readHints('Try one after the other', 'extends ThreadingTCPServer')
  await choosing.showSolution()
  await choosing.takeSolution()
  await choosing.expectSolved()
  await choosing.client.enter('2000000')
  await choosing.shows('client', /Received: 148933 primes up to 2000000, \d+ found in all/)
  await choosing.stop()
})

/** The total time of each server in milliseconds. */
async function compare({ region }: Walkthrough): Promise<Map<string, number>> {
  await region.getByRole('button', { name: 'Run all four' }).click()
  await expect(region.getByText(/^Running /)).toBeVisible()
  await expect(region.getByText('All of them have run')).toBeVisible({ timeout: 90_000 })
  const times = new Map<string, number>()
  for (const name of SERVERS) {
    const caption = await region.locator('figcaption', { hasText: new RegExp(`^${name}: `) }).innerText()
    const [, number = '', unit = ''] = /([\d.]+) (ms|s)$/.exec(caption) ?? []
    times.set(name, Number(number) * (unit === 's' ? 1000 : 1))
  }
  return times
}
