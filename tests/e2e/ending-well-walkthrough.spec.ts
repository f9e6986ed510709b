import { expect, test } from './site.ts'
import { Walkthrough } from './walkthrough.ts'

test.beforeEach(async ({ page, site }) => {
  test.setTimeout(180_000)
  await page.goto(site.address('/tutorial/ending-well'))
})

test('a reader refuses clients, sees an error in one line, and drains the server', async ({ page }) => {
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/Ending well/)
  const places = new Walkthrough(page, 'places.ts')
  await places.start()
  await places.client.enter('hello')
  await places.client.shows('Sent: hello\nReceived: HELLO')

  await test.step('who comes while all places are taken is refused', async () => {
    await places.openClient('TCP client 1', { What: 'One client: you type' })
    await places.openClient('TCP client 2')
    await places.clientTab('tcp-client.ts').click()
    await places.client.enter('hello')
    await places.shows('client', /Sent: hello\nReceived: HELLO\n[^]*Sent: hello\nReceived:\n\$/)
  })

  await test.step('handleError() reports in one line, and the place is free again', async () => {
    await places.clientTab('TCP client 1').click()
    await places.client.input.press('Control+d')
    await places.client.shows('The server has closed the connection')
    await places.server.showsWrapped('was not served: Error: The client has left without a line')
    await places.clientTab('tcp-client.ts').click()
    await places.client.enter('hello')
    await places.shows('client', /Received:\n[^]*Received: HELLO\n[^]*\$ tsx tcp-client\.ts$/)
  })

  await test.step('SIGINT drains', async () => {
    await places.server.region.getByRole('button', { name: 'Ctrl-C' }).click()
    await places.server.showsWrapped('No new clients from now on; places taken: 1')
    await places.client.enter('hello')
    await places.client.showsWrapped('Nothing is listening on 127.0.0.1:9999')
    await places.clientTab('TCP client 2').click()
    await places.client.enter('last')
    await places.client.shows('Received: LAST')
    await places.server.shows('All requests have ended')
    await expect(places.status).toHaveText('Exited with code 0')
  })
})

test('silent clients keep everybody out, until a timeout takes their places', async ({ page }) => {
  const places = new Walkthrough(page, 'places.ts')
  expect(await places.predict(10)).toBe(0)
  await places.check(/^Not yet: 1 of 4 checks fails$/)
  await expect(places.step.getByRole('listitem').nth(2)).toHaveText(/^Fails: a silent client loses its place/)
  await places.readHints('limits how long one read', 'timeout = 1000')
  await places.edit('above', 'async handle() {', 'timeout = 1000')
  await places.expectSolved()
  await places.stop()
})
