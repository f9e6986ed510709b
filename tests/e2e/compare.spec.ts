import { Playground } from './playground.ts'
import { expect, test } from './site.ts'

test('one button compares the four kinds of servers with the same clients', async ({ page, site }) => {
  test.setTimeout(60_000)
  await page.goto(site.address('/tutorial/tcp-echo'))
  const playground = new Playground(page, 'tcp-server.ts')
  await playground.region.getByRole('button', { name: 'Compare', exact: true }).click()
  await playground.region.getByRole('button', { name: 'Run all four' }).click()
  await expect(playground.region.getByText('All of them have run')).toBeVisible({ timeout: 45_000 })
  const table = playground.region.getByRole('region', { name: 'Table of the comparison' })
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
