import { once } from 'node:events'
import { execFile, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from './site.ts'
import { Walkthrough } from './walkthrough.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const TSX = fileURLToPath(import.meta.resolve('tsx/cli'))
const URL_OF_SERVER = 'http://localhost:8080/'

test.beforeEach(async ({ page, site }) => {
  test.setTimeout(120_000)
  await page.goto(site.address('/tutorial/http'))
})

test('a reader asks for a path, and sees the request and the reply', async ({ page }) => {
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/An HTTP server/)
  const http = new Walkthrough(page, 'http-hello.ts', 8080)
  await http.start()
  await http.client.enter('hello')
  const transcript = await page
    .locator('.language-console', { hasText: 'Sent: GET /hello' })
    .locator('pre')
    .innerText()
  await http.client.showsWrapped(transcript)
  await http.server.shows('127.0.0.1 wants GET /hello')
  await http.view('Wire view').click()
  const wire = http.region.getByRole('region', { name: 'Table of sends and receives' })
  await expect(wire.getByRole('row', { name: /readline\(\) gives/ }).first()).toBeVisible()
  expect(await http.predict(65)).toBe(163)
  await http.stop()
})

test('other paths get status 404', async ({ page }) => {
  const http = new Walkthrough(page, 'http-hello.ts', 8080)
  await http.check(/^Not yet: 4 of 5 checks fail$/)
  await http.readHints('The variable path', "if (path === '/')")
  await http.edit(
    'over',
    "await this.reply('200 OK', PAGE)",
    "if (path === '/') await this.reply('200 OK', PAGE)\nelse await this.reply('404 Not Found', '<h1>There is no such page</h1>')",
  )
  await http.expectSolved()
  await http.stop()
})

test('curl and a browser are served by the program on the own computer', async ({ page }) => {
  const transcript = await page
    .locator('.language-console', { hasText: 'curl -i' })
    .locator('pre')
    .innerText()
  const server = spawn(process.execPath, [TSX, 'docs/examples/http-hello.ts'], { cwd: ROOT })
  try {
    await expect
      .poll(async () => (await fetch(URL_OF_SERVER).catch(() => null))?.status, { timeout: 20_000 })
      .toBe(200)
    const { stdout } = await promisify(execFile)('curl', ['-si', URL_OF_SERVER])
    expect(`$ curl -i ${URL_OF_SERVER}\n${stdout.replaceAll('\r', '')}`.trim()).toBe(transcript.trim())
    await page.goto(URL_OF_SERVER)
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Hello from a handler')
    await expect(page).toHaveTitle('Hello')
  } finally {
    const closed = once(server, 'close')
    server.kill()
    await closed
  }
})
