import { expect, test } from './site.ts'
import { Walkthrough } from './walkthrough.ts'

test.beforeEach(async ({ page, site }) => {
  test.setTimeout(180_000)
  await page.goto(site.address('/tutorial/finish-in-a-child'))
})

test('a reader sees a child finish a large request, while the server serves small ones', async ({ page }) => {
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/Answer now, finish in a child/)
  const primes = new Walkthrough(page, 'explicit-fork.ts')
  await primes.start()
  await primes.shows('server', /Process \d+ counts primes on port 9999/)
  const [, server = ''] = /Process (\d+) counts/.exec(await primes.server.text()) ?? []
  await primes.client.enter('100')
  await primes.shows(
    'client',
    new RegExp(`After \\d+ ms: 25 primes up to 100, counted by process ${server}\n`),
  )
  await primes.client.enter('3000000')
  await primes.shows('client', /After \d+ ms: 216816 primes up to 3000000, counted by process \d+\n/)
  await expect(async () => {
    expect(await primes.client.text()).not.toMatch(new RegExp(`3000000, counted by process ${server}\\n`))
  }).toPass()

  await primes.openClient('TCP client 1', { What: 'One client: you type' })
  await primes.client.enter('20000000')
  await primes.client.shows('Sent: 20000000')
  await primes.clientTab('primes-client.ts').click()
  await primes.client.enter('100')
  await primes.shows(
    'client',
    /100, counted by process \d+\n[^]*25 primes up to 100[^]*\$ tsx primes-client\.ts$/,
  )
  await primes.clientTab('TCP client 1').click()
  await primes.shows('client', /Sent: 20000000$/)
  expect(await primes.predict(1000)).toBeGreaterThan(0)
  await primes.stop()
})

test('without a child the small request waits', async ({ page }) => {
  const primes = new Walkthrough(page, 'explicit-fork.ts')
  await primes.edit('over', "await this.fork('count', limit)", 'await this.count(limit)')
  await primes.start()
  await primes.openClient('TCP client 1', { What: 'One client: you type' })
  await primes.client.enter('10000000')
  await primes.client.shows('Sent: 10000000')
  await primes.clientTab('primes-client.ts').click()
  await primes.client.enter('100')
  await primes.shows('client', /25 primes up to 100, /)
  // It came after the large one.
  await primes.clientTab('TCP client 1').click()
  await primes.client.shows('Received: 664579 primes up to 10000000')
  await primes.stop()
})

test('the server says at once that it has accepted a large request', async ({ page }) => {
  const primes = new Walkthrough(page, 'explicit-fork.ts')
  await primes.check(/^Not yet: \d of 4 checks fails?$/)
  await primes.readHints('in front of this.fork', 'has accepted ${limit}')
  await primes.edit(
    'above',
    "await this.fork('count', limit)",
    'await this.wfile.write(`Process ${process.pid} has accepted ${limit}\\n`)',
  )
  await primes.expectSolved()
  await primes.client.enter('3000000')
  await primes.shows('client', /: Process \d+ has accepted 3000000\nAfter \d+ ms: 216816 primes/)
  await primes.stop()
})
