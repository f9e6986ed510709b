import { expect, test } from './site.ts'
import { Walkthrough } from './walkthrough.ts'

test.beforeEach(async ({ page, site }) => {
  test.setTimeout(180_000)
  await page.goto(site.address('/tutorial/shared-state'))
})

test('a reader sees that a number is copied and shared memory is not, and loses counts', async ({ page }) => {
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/Shared state and locks/)
  const race = new Walkthrough(page, 'race.ts')
  await race.start()
  await race.client.enter('5')
  await race.shows('client', /5\n(Received: Thread-\d: copied 5, shared \d+\n){3}\$ tsx race-client\.ts$/)
  expect((await sharedCounts(race)).at(-1)).toBe(15)
  await race.client.enter('5')
  await race.shows(
    'client',
    /shared \d+\n\$ tsx race-client\.ts 5\n(Received: Thread-\d: copied 5, shared \d+\n){3}\$ tsx race-client\.ts$/,
  )
  expect((await sharedCounts(race)).at(-1)).toBe(30)

  await race.client.enter('10000000')
  await race.shows(
    'client',
    /10000000\n(Received: Thread-\d: copied 10000000, shared \d+\n){3}\$ tsx race-client\.ts$/,
  )
  // Threads that run one after the other by luck lose nothing: a reader would run it again.
  await expect(async () => {
    const [, , before = NaN] = await sharedCounts(race)
    await race.client.input.press('ArrowUp')
    await race.client.input.press('Enter')
    await expect
      .poll(async () => [await sharedCounts(race), (await race.read('client')).endsWith('race-client.ts')])
      .toEqual([[expect.anything(), expect.anything(), expect.not.closeTo(before)], true])
    const [, , after = NaN] = await sharedCounts(race)
    expect(after - before).toBeLessThan(30_000_000)
  }).toPass({ timeout: 90_000 })
  expect(await race.predict(30_000_000)).toBeGreaterThan(0)
  expect(Number.parseInt(await race.prediction.getByRole('definition').nth(1).innerText())).toBeLessThan(
    30_000_000,
  )
  await race.stop()
})

test('a lock mends the race', async ({ page }) => {
  const race = new Walkthrough(page, 'race.ts')
  await race.check(/^Not yet: 1 of 3 checks fails$/)
  await expect(race.step.getByRole('listitem')).toHaveText([
    /^Passes/,
    /^Fails: of 3 clients at once/,
    /^Passes/,
  ])
  await race.readHints('nobody takes it', 'this.server.lock.run')
  await race.edit('over', 'this.count(times)', 'await this.server.lock.run(() => this.count(times))')
  await race.expectSolved()
  await race.stop()
})

/** What the last three clients were told of the shared memory, the least first. */
async function sharedCounts(race: Walkthrough): Promise<number[]> {
  const replies = [...(await race.read('client')).matchAll(/,shared(\d+)(?=Received|\$)/g)].slice(-3)
  return replies.map(([, count]) => Number(count)).sort((a, b) => a - b)
}
