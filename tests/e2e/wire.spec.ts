import { Playground } from './playground.ts'
import { expect, test } from './site.ts'

test('each send and receive of both ends is shown, and the receives that a readline() took', async ({
  page,
  site,
}) => {
  await page.goto(site.address('/tutorial/streams'))
  const playground = new Playground(page, 'tcp-server-readline.ts')
  await playground.openEditor('streams-client.ts')
  await page.keyboard.press('Control+a')
  await page.keyboard.insertText(
    [
      "import { connect } from 'socketserver-ts'",
      "const socket = await connect({ host: 'localhost', port: 9999 })",
      "for (const piece of ['py', 'th', 'on\\n']) {",
      '  await socket.send(piece)',
      '  await new Promise((resolve) => setTimeout(resolve, 50))',
      '}',
      'console.log(String(await socket.recv(1024)))',
      'await socket.close()',
    ].join('\n'),
  )
  await playground.start()
  await playground.client.enter('go')
  await playground.client.shows('PYTHON')
  await playground.region.getByRole('button', { name: 'Wire view' }).click()
  await expect(playground.region.getByText('These are the bytes of the programs')).toBeVisible()
  const table = playground.region.getByRole('region', { name: 'Table of sends and receives' })
  await expect(table.getByRole('cell', { name: 'sends 2 bytes' })).toHaveCount(2)
  await expect(table.getByRole('cell', { name: 'receives 2 bytes' })).toHaveCount(2)
  await expect(
    table.getByRole('row', { name: /readline\(\) gives 7 bytes, after 3 receives/ }),
  ).toContainText('python\\n')
  await expect(table.getByRole('row', { name: /receives 3 bytes/ })).toContainText('6f 6e 0a')
  // The reply: once where it is sent, and once where it is received.
  await expect(table.getByRole('row', { name: /PYTHON/ })).toHaveCount(2)
  await playground.stop()
})
