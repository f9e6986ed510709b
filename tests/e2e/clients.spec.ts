import { AxeBuilder } from '@axe-core/playwright'
import type { Locator } from '@playwright/test'
import { Playground } from './playground.ts'
import { expect, test } from './site.ts'

const UNIX_STREAM_SERVER = [
  "import { AsyncUnixStreamServer, StreamRequestHandler } from 'socketserver-ts'",
  'class Echo extends StreamRequestHandler<string> {',
  'async handle() { for await (const line of this.rfile) await this.wfile.write(String(line).toUpperCase()) }',
]

const UNIX_DATAGRAM_SERVER = [
  "import { AsyncUnixDatagramServer, BaseRequestHandler, type DatagramRequest } from 'socketserver-ts'",
  'class Echo extends BaseRequestHandler<DatagramRequest<string>, string> {',
  'async handle() { await this.request[1].sendTo(String(this.request[0]).toUpperCase(), this.clientAddress) }',
]

function openForm(playground: Playground): Locator {
  return playground.client.region.getByRole('form', { name: 'New client' })
}

test.describe('a TCP server', () => {
  test.beforeEach(async ({ page, site }) => {
    await page.goto(site.address('/tutorial/tcp-echo'))
  })

  test('ready line clients talk to the server, several at once, each in a terminal with its name', async ({
    page,
  }) => {
    const playground = new Playground(page, 'tcp-server.ts')
    await playground.openEditor('tcp-server.ts')
    await playground.replaceLine('tcp-server.ts', 'const data', [
      'const data = (await this.request.recv(1024))',
    ])
    await playground.start()
    await playground.newClient()
    await expect(playground.clientTab('TCP client 1')).toHaveAttribute('aria-selected', 'true')
    await expect(playground.client.input).toBeFocused()
    await playground.client.shows('Connected to 127.0.0.1 9999')
    await expect(
      playground.client.region.getByRole('region', { name: 'TCP client 1 terminal' }),
    ).toBeVisible()
    await expect(playground.client.input).toHaveAccessibleName(/TCP client 1/)
    await playground.newClient()
    await expect(playground.clientTab('TCP client 2')).toHaveAttribute('aria-selected', 'true')
    // The server serves one at a time: the second waits for the first.
    await playground.client.enter('two')
    await playground.client.shows('Sent: two')
    await playground.clientTab('TCP client 1').click()
    await playground.client.enter('one')
    await playground.client.shows('Received: ONE\nThe server has closed the connection')
    await expect(playground.clientTab('TCP client 2')).toHaveText('TCP client 2 (new)')
    await playground.clientTab('TCP client 2').click()
    await playground.client.shows('Received: TWO')
    await expect(playground.clientTab('TCP client 2')).toHaveText('TCP client 2')

    await test.step('the next line of a client that has ended opens another connection', async () => {
      await playground.client.enter('three')
      await playground.client.shows('Received: THREE')
    })

    await test.step('the arrow keys go through the tabs, and a tab can be closed', async () => {
      await playground.clientTab('TCP client 2').focus()
      await page.keyboard.press('ArrowRight')
      await expect(playground.clientTab('tcp-client.ts')).toBeFocused()
      await page.keyboard.press('ArrowLeft')
      await page.keyboard.press('Delete')
      await expect(playground.clientTab('TCP client 2')).toHaveCount(0)
      await playground.client.region.getByRole('button', { name: 'Close TCP client 1' }).click()
      await expect(playground.clientTab('tcp-client.ts')).toHaveAttribute('aria-selected', 'true')
      await expect(playground.clientTab('tcp-client.ts')).toBeFocused()
    })
  })

  test('a burst ends with its throughput and its percentiles', async ({ page }) => {
    const playground = new Playground(page, 'tcp-server.ts')
    await playground.start()
    await playground.newClient({ What: 'Burst: many clients', Clients: '30', 'At a time': '3' })
    await playground.client.showsWrapped('30 clients to 127.0.0.1 9999, 3 at a time')
    const result = playground.client.region.getByRole('region', { name: 'Result of TCP burst 1' })
    await expect(result.getByRole('term')).toHaveText([
      'replies',
      'errors',
      'in all',
      'throughput',
      'p50',
      'p90',
      'p99',
      'max',
    ])
    const values = result.getByRole('definition')
    await expect(values.nth(0)).toHaveText('30')
    await expect(values.nth(1)).toHaveText('0')
    await expect(values.nth(3)).toHaveText(/^\d+ a second$/)
    const slowest = await values.nth(7).innerText()
    expect(slowest).toMatch(/^\d+\.\d ms$/)
    await playground.client.shows(new RegExp(`max +${slowest}`))
    const { violations } = await new AxeBuilder({ page }).include('.PlaygroundClients').analyze()
    expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([])
  })

  test('a client needs a server that has listened, and the form says so', async ({ page }) => {
    const playground = new Playground(page, 'tcp-server.ts')
    const opener = playground.client.region.getByRole('button', { name: 'New client' })
    await opener.click()
    const form = openForm(playground)
    await expect(form).toContainText('Start the server first')
    await expect(form.getByRole('button', { name: 'Open the client' })).toBeDisabled()
    await page.keyboard.press('Escape')
    await expect(form).toHaveCount(0)
    await expect(opener).toBeFocused()
  })
})

test('the knobs split, half-close and abort, and are remembered with their server', async ({
  page,
  site,
}) => {
  await page.goto(site.address('/tutorial/streams'))
  const playground = new Playground(page, 'tcp-server-readline.ts')
  await playground.start()
  await playground.newClient({ 'Chunk size, bytes': '4', 'After sending': 'Half-close' })
  await playground.client.enter('hello world')
  await playground.client.shows('Sent: hello world (in 3 writes)')
  await playground.client.shows('Half-closed: sends nothing more')
  await playground.client.shows('Received: HELLO WORLD')
  await playground.newClient({ 'After sending': 'abort' })
  await playground.client.enter('hello world')
  await playground.client.shows(
    /Sent: hello world \(in 3 writes\)\n[^]*Aborted: no end of the stream, but a reset/,
  )
  await playground.stop()

  await page.reload()
  await playground.start()
  await playground.client.region.getByRole('button', { name: 'New client' }).click()
  const form = openForm(playground)
  await expect(form.getByRole('spinbutton', { name: 'Chunk size, bytes' })).toHaveValue('4')
  await expect(form.getByRole('combobox', { name: 'After sending' })).toHaveValue('abort')
  await playground.stop()

  const other = new Playground(page, 'streams-server.ts')
  await other.start()
  await other.client.region.getByRole('button', { name: 'New client' }).click()
  await expect(openForm(other).getByRole('spinbutton', { name: 'Chunk size, bytes' })).toHaveValue('')
  await other.stop()
})

test('a UDP client loses on purpose what it says it loses', async ({ page, site }) => {
  await page.goto(site.address('/tutorial/udp-echo'))
  const playground = new Playground(page, 'udp-server.ts')
  await playground.start()
  await playground.newClient()
  await playground.client.enter('hello')
  await playground.client.shows('Received: HELLO')
  await playground.newClient({ 'Lost, %': '100' })
  await expect(playground.clientTab('UDP client 2')).toHaveAttribute('aria-selected', 'true')
  await playground.client.enter('hello')
  await playground.client.shows('Sent: hello (lost on purpose)')
  await playground.newClient({ 'Lost, %': '0', 'Sent twice, %': '100' })
  await playground.client.enter('hello')
  await playground.client.shows(/Received: HELLO\n[^]*Received: HELLO/)
})

for (const [name, program, serverClass] of [
  ['Unix stream client 1', UNIX_STREAM_SERVER, 'AsyncUnixStreamServer'],
  ['Unix datagram client 1', UNIX_DATAGRAM_SERVER, 'AsyncUnixDatagramServer'],
] as const) {
  test(`a ${name.replace(' client 1', '')} server gets a client that speaks to its path`, async ({
    page,
    site,
  }) => {
    await page.goto(site.address('/tutorial/tcp-echo'))
    const playground = new Playground(page, 'tcp-server.ts')
    // The editor closes the bracket of the class.
    await playground.replaceProgram('tcp-server.ts', [...program])
    await page.keyboard.press('Control+End')
    await playground.typeLines(['', `await new ${serverClass}('./server.sock', Echo).serveForever()`])
    await playground.button('Start').click()
    await expect(playground.status).toHaveText(/^Listening on .*server\.sock/)
    await playground.newClient()
    await expect(playground.clientTab(name)).toHaveAttribute('aria-selected', 'true')
    await playground.client.enter('hello')
    await playground.client.shows('Received: HELLO')
  })
}
