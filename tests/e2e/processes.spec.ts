import { Playground } from './playground.ts'
import { exampleSource, expect, test } from './site.ts'

test('the tree of threads and processes is live, and a counter shows who shares memory', async ({
  page,
  site,
}) => {
  await page.goto(site.address('/tutorial/tcp-echo'))
  const playground = new Playground(page, 'tcp-server.ts')
  await playground.openEditor('tcp-server.ts')
  await page.keyboard.press('Control+a')
  await page.keyboard.insertText(await exampleSource('shared-counter.ts'))
  await playground.region.getByRole('button', { name: 'Processes', exact: true }).click()
  await playground.button('Start').click()
  await playground.server.showsWrapped("Threads share the counter: [ '1', '2', '3' ]")
  await playground.server.showsWrapped("Processes do not: [ '1', '1', '1' ]")
  const run = playground.region.getByRole('region', { name: 'Run 1' })
  await expect(run.getByText(/^thread \d+ “Thread-\d+” ended with \d+, \d requests?$/).first()).toBeVisible()
  await expect(run.getByText(/^process \d+ ended with 0, 1 request$/)).toHaveCount(3)
})

test('a thread is in the tree while it lives, with its name', async ({ page, site }) => {
  await page.goto(site.address('/tutorial/tcp-echo'))
  const playground = new Playground(page, 'tcp-server.ts')
  await playground.openEditor('tcp-server.ts')
  await page.keyboard.press('Control+a')
  const source = await exampleSource('tcp-server.ts')
  await page.keyboard.insertText(source.replaceAll('TCPServer', 'ThreadingTCPServer'))
  await playground.start()
  await playground.client.enter('hello')
  await playground.region.getByRole('button', { name: 'Processes', exact: true }).click()
  await expect(playground.region.getByText(/^thread \d+ “Thread-1” alive, 1 request$/)).toBeVisible()
  await playground.stop()
})
