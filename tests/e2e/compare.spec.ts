import type { Page } from '@playwright/test'
import { Playground } from './playground.ts'
import { expect, test } from './site.ts'

const RESULT = { timeout: 45_000 }

class Comparison extends Playground {
  readonly run = this.region.getByRole('button', { name: 'Run all four' })
  readonly news = this.region.getByRole('group', { name: 'What happens' }).getByRole('status')
  readonly table = this.region.getByRole('region', { name: 'Table of the comparison' })

  constructor(page: Page) {
    super(page, 'tcp-server.ts')
  }
}

test('one button compares the four kinds of servers with the same clients', async ({ page, site }) => {
  test.setTimeout(60_000)
  await page.goto(site.address('/tutorial/tcp-echo'))
  const playground = new Comparison(page)
  await playground.view('Compare').click()
  await playground.run.click()
  await expect(playground.news).toHaveText('All of them have run', RESULT)
  const { table } = playground
  await expect(table.getByRole('columnheader', { name: 'Longest until the reply' })).toBeVisible()
  const waits = new Map<string, number>()
  for (const name of ['TCPServer', 'ThreadingTCPServer', 'ForkingTCPServer', 'AsyncTCPServer']) {
    await expect(playground.region.getByRole('figure', { name: new RegExp(`^${name}: `) })).toBeVisible()
    const row = table.getByRole('row', { name: new RegExp(`^${name} `) })
    await expect(row).toContainText(/\d m?s\s*\d+\.\d requests a second/)
    const [, number = '', unit = ''] = /([\d.]+) (µs|ms)$/.exec(await row.innerText()) ?? []
    waits.set(name, Number(number) / (unit === 'µs' ? 1000 : 1))
  }
  // While the first client is silent, a server that serves one at a time is deaf to the others.
  expect(waits.get('TCPServer')).toBeGreaterThan(250)
  expect(waits.get('AsyncTCPServer')).toBeLessThan(200)
})

test('a comparison goes on while the reader looks at the timeline, which stays that of the reader', async ({
  page,
  site,
}) => {
  test.setTimeout(60_000)
  await page.goto(site.address('/tutorial/tcp-echo'))
  const playground = new Comparison(page)
  await playground.button('Start').click()
  await playground.client.enter('hello')
  await playground.client.shows('Received: HELLO')
  await playground.view('Compare').click()
  await playground.run.click()
  await expect(playground.news).toHaveText('Running TCPServer…')
  await playground.view('Processes').click()
  await expect(playground.region.getByText(/AsyncTCPServer on/)).toBeVisible(RESULT)
  const first = playground.region.locator('.ProcessesView').getByRole('region').first()
  await expect(first).toContainText('TCPServer on 127.0.0.1:9999, run 1')
  await expect(playground.region.getByRole('region', { name: /^Run \d/ })).toHaveCount(5)
  await playground.view('Timeline').click()
  await expect(playground.region.getByText(/^1 request in/)).toBeVisible()
  await playground.view('Compare').click()
  await expect(playground.news).toHaveText('All of them have run', RESULT)
  await expect(playground.table.getByRole('row')).toHaveCount(5)
  await playground.view('Compare').click()
  await playground.stop()
})

test('a comparison of a server that never replies can be cancelled, and another begun', async ({
  page,
  site,
}) => {
  await page.goto(site.address('/tutorial/tcp-echo'))
  const playground = new Comparison(page)
  await playground.openEditor('tcp-server.ts')
  await playground.replaceLine('tcp-server.ts', 'send(text', ['await new Promise(() => {})'])
  await playground.view('Compare').click()
  await playground.run.click()
  await expect(playground.news).toHaveText('Running TCPServer…')
  const cancel = playground.region.getByRole('button', { name: 'Cancel' })
  await cancel.click()
  await expect(playground.news).toHaveText('Cancelled')
  await expect(cancel).toHaveCount(0)
  await playground.run.click()
  await expect(playground.news).toHaveText('Running TCPServer…')
  await cancel.click()
  await expect(playground.news).toHaveText('Cancelled')
})
