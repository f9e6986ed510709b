import { expect, test } from './site.ts'
import { Walkthrough } from './walkthrough.ts'

test.beforeEach(async ({ page, site }) => {
  test.setTimeout(180_000)
  await page.goto(site.address('/tutorial/processes'))
})

test('a reader sees that each child counts for itself, and the tree of processes', async ({ page }) => {
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/Processes/)
  const visits = new Walkthrough(page, 'visits.ts')
  await visits.start()
  await visits.client.enter('Ada')
  await visits.shows(
    'client',
    /\$ tsx tcp-client\.ts Ada\nSent: Ada\nReceived: Hello Ada, visit 1, process \d+\n\$/,
  )
  await visits.client.enter('Grace')
  await visits.shows('client', /Sent: Grace\nReceived: Hello Grace, visit 1, process \d+\n\$/)
  const processes = [...(await visits.client.text()).matchAll(/process (\d+)/g)].map(([, pid]) => pid)
  expect(new Set(processes).size).toBe(2)
  await visits.view('Processes').click()
  const tree = visits.region.getByRole('region', { name: 'Run 1' })
  await expect(tree.getByText(/^process \d+ ended with 0, 1 request$/)).toHaveCount(2)
  await expect(tree.getByText(/^process \d+ alive$/).nth(1)).toBeVisible()
  expect(await visits.predict(5)).toBe(1)
  await visits.stop()
})

test('what the parent has, each child gets; a child that is killed takes nobody with it', async ({
  page,
}) => {
  const visits = new Walkthrough(page, 'visits.ts')
  await visits.start()
  await visits.edit('above', 'await server.serveForever()', await visits.fragment('server.visits = 100'))
  await visits.restart()
  for (const name of ['Ada', 'Grace']) {
    await visits.client.enter(name)
    await visits.shows('client', new RegExp(`Received: Hello ${name}, visit 101, process`))
  }
  await visits.reset()
  await visits.edit('above', 'await this.wfile.write', await visits.fragment('SIGKILL'))
  await visits.restart()
  const listening = await visits.status.innerText()
  await visits.client.enter('Ada')
  await visits.shows('client', /Sent: Ada\nReceived:\n\$ tsx tcp-client\.ts$/)
  await visits.shows('server', /ERR_CHILD_DIED[^]*-{40}$/)
  await visits.client.enter('Grace')
  await visits.shows('client', /Received: Hello Grace, visit 1, process/)
  await expect(visits.status).toHaveText(listening)
  await visits.stop()
})

test('visits are counted in a file, which is outside of all processes', async ({ page }) => {
  const visits = new Walkthrough(page, 'visits.ts')
  await visits.check(/^Not yet: 2 of 3 checks fail$/)
  await visits.readHints('a file', 'appendFile(FILE')
  await visits.showSolution()
  await visits.takeSolution()
  await visits.expectSolved()
  await visits.stop()
})
