import { expect, test } from './site.ts'
import { Walkthrough } from './walkthrough.ts'

test.beforeEach(async ({ page, site }) => {
  test.setTimeout(180_000)
  await page.goto(site.address('/tutorial/event-loop'))
})

test('a table of partly finished requests serves a client while another takes its time', async ({ page }) => {
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/The event loop/)
  const table = new Walkthrough(page, 'table-of-requests.ts')
  await table.start()
  await table.openClient('TCP client 1', { What: 'One client: you type' })
  await table.client.enter('1')
  await table.client.shows('Sent: 1')
  await table.clientTab('sum-client.ts').click()
  await table.client.enter('10 20')
  await table.client.shows('Sent: 10 20\nReceived: 30\n')
  await table.clientTab('TCP client 1').click()
  await table.client.enter('300')
  await table.client.shows('Sent: 300')
  await table.client.input.press('Control+d')
  await table.client.shows('Received: 301')
  await table.stop()
})

test('tasks of the event loop do the same, and a computation blocks them all', async ({ page }) => {
  const primes = new Walkthrough(page, 'async-primes.ts')
  await primes.start()
  await primes.client.enter('10 100')
  await primes.client.shows('$ tsx sum-client.ts 10 100\nSent: 10 100\nReceived: 29\n')
  await primes.openClient('TCP client 1')
  await primes.client.enter('10')
  await primes.client.shows('Sent: 10')
  await primes.clientTab('sum-client.ts').click()
  await primes.client.enter('10 100')
  await primes.shows('client', /Received: 29\n[^]*Received: 29\n/)

  await primes.openClient('TCP client 2')
  await primes.client.enter('10000000')
  await primes.client.input.press('Control+d')
  await primes.client.shows('Half-closed')
  await primes.clientTab('sum-client.ts').click()
  await primes.client.enter('10')
  await primes.client.shows('Sent: 10\nReceived: 4\n')
  // It came after the large one.
  await primes.clientTab('TCP client 2').click()
  await primes.client.shows('Received: 664579')
  expect(await primes.predict(5)).toBeGreaterThan(0)
  await primes.stop()
})

test('a computation that awaits from time to time lets the others in', async ({ page }) => {
  const primes = new Walkthrough(page, 'async-primes.ts')
  await primes.check(/^Not yet: 1 of 3 checks fails$/)
  await expect(primes.step.getByRole('listitem').last()).toHaveText(
    /^Fails: while the server counts for one client/,
  )
  await primes.readHints('awaits nothing', 'await setImmediate()')
  await primes.showSolution()
  await primes.takeSolution()
  await primes.expectSolved()
  await primes.stop()
})
