import { Lesson } from './lesson.ts'
import { Playground } from './playground.ts'
import { expect, test } from './site.ts'

test.beforeEach(async ({ page, site }) => {
  await page.goto(site.address('/tutorial/streams'))
})

test('a reader sees a line arrive in pieces, and two sends as one', async ({ page }) => {
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/Streams have no messages/)
  const playground = new Playground(page, 'streams-server.ts')
  await playground.start()
  await playground.client.enter('hello world')
  await playground.client.shows('$ tsx streams-client.ts hello world\nSent: hello world\nReceived: HELLO\n')
  await playground.server.shows('recv() has returned 6 bytes')
  await playground.view('Wire view').click()
  const wire = playground.region.getByRole('region', { name: 'Table of sends and receives' })
  for (const row of [
    /sends 6 bytes hello/,
    /receives 6 bytes hello/,
    /sends 6 bytes world/,
    /receives 6 bytes world/,
  ]) {
    await expect(wire.getByRole('row', { name: row })).toBeVisible()
  }

  const fragment = await page.locator('pre', { hasText: 'setTimeout(resolve' }).innerText()
  await playground.openEditor('streams-server.ts')
  await playground.editor('streams-server.ts').getByText('async handle()').click()
  await page.keyboard.press('End')
  await playground.typeLines(['', fragment.trim()])
  await playground.restart()
  await playground.client.enter('hello world')
  await playground.server.shows('recv() has returned 12 bytes')
  await playground.client.shows('Sent: hello world\nReceived: HELLO WORLD')
  await playground.button('Reset').click()
  await playground.stop()
})

test('readline() waits for the newline, whatever receives that takes', async ({ page }) => {
  const playground = new Playground(page, 'tcp-server-readline.ts')
  await playground.start()
  await playground.client.enter('hello world')
  await playground.client.shows('Sent: hello world\nReceived: HELLO WORLD')
  await playground.view('Wire view').click()
  const wire = playground.region.getByRole('region', { name: 'Table of sends and receives' })
  await expect(wire.getByRole('row', { name: /readline\(\) gives 12 bytes, after 2 receives/ })).toBeVisible()

  await playground.newClient({ 'Chunk size, bytes': '1' })
  await playground.client.shows('Connected to 127.0.0.1 9999')
  await playground.client.enter('hello')
  await playground.client.shows('Sent: hello (in 6 writes)')
  await playground.client.shows('Received: HELLO')
  await playground.stop()
})

test('a second playground of the page gets the port when the first has stopped', async ({ page }) => {
  const first = new Playground(page, 'streams-server.ts')
  const second = new Playground(page, 'tcp-server-readline.ts')
  await second.start()
  await first.button('Start').click()
  await first.server.showsWrapped('Port 9999 is already in use')
  await second.stop()
  await first.start()
  await first.client.enter('hello world')
  await first.client.shows('Sent: hello world\nReceived: HELLO\n')
  await first.stop()
})

test('a reader predicts what one recv() gets, and makes the server read lines', async ({ page }) => {
  test.setTimeout(120_000)
  const lesson = new Lesson(page, 'streams-server.ts')
  expect(await lesson.predict(12)).toBeLessThan(12)
  await expect(lesson.prediction).toContainText('recv()')

  await lesson.check('Not yet: 1 of 4 checks fails')
  const failed = lesson.results.filter({ hasText: 'Fails: ' })
  await expect(failed).toContainText('sent"he", then "ll", then "o\\n"')
  await expect(failed).toContainText('expected"HELLO\\n" (6 bytes)')
  await lesson.askForHelp()
  await expect(lesson.step).toContainText('for await (const line of this.rfile)')
  await lesson.takeSolution()
  await lesson.check('Solved: all 4 checks pass')
  await lesson.stop()
})
