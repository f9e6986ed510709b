import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { Playground } from './playground.ts'
import { expect, startSite, test } from './site.ts'
import { TcpProxy } from './tcp-proxy.ts'

const PAGE = '/tutorial/tcp-echo'
const ROOT = join(import.meta.dirname, '../..')
const TOKEN = 'what-the-operator-has-chosen'
const OTHER_TOKEN = 'what-another-server-has-printed'

/** Prints a number after the other, and what it reads. */
const COUNTER = [
  'let count = 0',
  "setInterval(() => process.stdout.write(count++ + ';'), 60)",
  "process.stdin.on('data', (data) => console.log('read', String(data).trim()))",
]

/** What the browser says of a connection that is gone. */
test.use({ expectedComplaint: /WebSocket connection to|Failed to load resource/ })

test('a page whose connection is cut says so, and goes on where it was with nothing lost', async ({
  page,
}) => {
  await using network = await openNetwork(page)
  const playground = new Playground(page, 'tcp-server.ts')
  await playground.replaceProgram('tcp-server.ts', COUNTER)
  await playground.button('Start').click()
  await playground.server.showsWrapped('3;4;5')
  const running = await playground.status.innerText()

  network.proxy.cut()
  await expect(playground.alert).toContainText('Connection lost. What runs here goes on without this page')
  await expect(playground.status).toHaveText(`Not connected. Last known: ${running}`)
  await playground.server.enter('typed while nobody listened')
  network.proxy.mend()

  await expect(playground.region.getByText('Connected again: nothing was lost')).toBeVisible()
  await expect(playground.alert).toHaveCount(0)
  await expect(playground.status).toHaveText(running)
  await playground.server.showsWrapped('read typed while nobody listened')
  await playground.stop()
  const printed = (await playground.server.text()).replaceAll(/\s|read[^\d]*/g, '')
  const numbers = /(?:\d+;)+/.exec(printed)?.[0].split(';').slice(0, -1).map(Number) ?? []
  expect(numbers.length).toBeGreaterThan(10)
  expect(numbers).toEqual(numbers.map((_, index) => index + (numbers[0] ?? 0)))
})

test('the keyboard alone can say "Reconnect now"', async ({ page }) => {
  await using network = await openNetwork(page)
  const playground = new Playground(page, 'tcp-server.ts')
  await playground.start()
  network.proxy.cut()
  // So often in vain that the next try is seconds away.
  await expect(playground.alert).toContainText(/Next try in [4-9] s/, { timeout: 20_000 })
  network.proxy.mend()
  await playground.button('Start').focus()
  await playground.tabTo(playground.region.getByRole('button', { name: 'Reconnect now' }))
  await page.keyboard.press('Enter')
  await expect(playground.alert).toHaveCount(0, { timeout: 1500 })
  await playground.client.enter('hello')
  await playground.client.shows('Received: HELLO')
  await playground.stop()
})

test('a page that has had a session never becomes a static copy, whatever then answers in place of its server', async ({
  page,
}) => {
  await using network = await openNetwork(page)
  const playground = new Playground(page, 'tcp-server.ts')
  await playground.start()
  const asked: string[] = []
  await page.route('**/playground-server.json', (route) => {
    asked.push(route.request().url())
    return route.fulfill({ json: { running: false } })
  })
  network.proxy.cut()
  await expect(playground.alert).toContainText('Connection lost')
  for (let tries = 0; tries < 3; tries += 1) {
    await playground.region.getByRole('button', { name: 'Reconnect now' }).click()
    await expect(playground.alert).toContainText('Connection lost. ')
    await expect(playground.alert).toContainText('The playground server does not answer', { timeout: 15_000 })
  }
  expect(asked).toEqual([])
  await expect(playground.region.getByText('This copy of the site has no playground server')).toHaveCount(0)
  await expect(playground.status).toHaveText(/^Not connected\. Last known: Listening/)
  network.proxy.mend()
  await expect(playground.alert).toHaveCount(0, { timeout: 15_000 })
  await playground.stop()
})

test('a server that was killed and started again runs again what ran, and the page says so', async ({
  page,
}) => {
  const port = await freePort()
  let server = await startServer(port, TOKEN)
  await page.goto(`http://127.0.0.1:${port}${PAGE}#token=${TOKEN}`)
  const playground = new Playground(page, 'tcp-server.ts')
  await playground.openEditor('tcp-server.ts')
  await playground.replaceLine('tcp-server.ts', 'console.log(text)', ["console.log('edited', text)"])
  await playground.start()
  const before = await playground.status.innerText()

  server.kill('SIGKILL')
  await once(server, 'exit')
  await expect(playground.alert).toContainText('Connection lost')
  server = await startServer(port, TOKEN)

  await expect(
    playground.region.getByText(/^What ran is started again: the playground server was/),
  ).toBeVisible()
  await expect(playground.status).toHaveText(/^Listening on/)
  await expect(playground.status).not.toHaveText(before)
  await playground.server.showsWrapped('— Ended with its session: the playground server was restarted')
  await playground.client.enter('hello')
  await playground.client.shows('Received: HELLO')
  await playground.server.shows('edited hello')
  await playground.region.getByRole('button', { name: 'Dismiss' }).click()
  await expect(playground.region.getByText('What ran is started again')).toHaveCount(0)
  await playground.stop()
  server.kill()
})

test('a client that waited for its server is started again behind it', async ({ page }) => {
  await using network = await openNetwork(page, { PLAY_RESUME_GRACE_MS: '100' })
  const playground = new Playground(page, 'tcp-server.ts')
  await playground.openEditor('tcp-server.ts')
  await playground.replaceLine('tcp-server.ts', 'this.request is', [
    "console.log('asked')",
    'await new Promise(() => setTimeout(String, 1e6))',
  ])
  await playground.start()
  await playground.client.enter('hello')
  await playground.server.shows('asked')
  network.proxy.cut()
  await expect(playground.alert).toContainText('is started again when the page is connected')
  network.proxy.mend()
  await playground.server.shows(
    /Ended with its session[^$]*\$ tsx tcp-server\.ts\n— Listening on [^—]*\nasked/,
  )
  await playground.client.shows(/Ended with its session[^$]*\n\$ tsx tcp-client\.ts hello$/)
  await playground.stop()
})

test('a network that dies without a word is noticed, and the page comes back', async ({ page }) => {
  await using network = await openNetwork(page, { PLAY_PING_INTERVAL_MS: '400' })
  const playground = new Playground(page, 'tcp-server.ts')
  await playground.start()
  const running = await playground.status.innerText()
  network.proxy.freeze()
  await expect(playground.region.getByText('Connected again: nothing was lost')).toBeVisible()
  await expect(playground.status).toHaveText(running)
  await playground.client.enter('hello')
  await playground.client.shows('Received: HELLO')
  await playground.stop()
})

test('the address of a restarted server, pasted into the tab, runs again what ran', async ({ page }) => {
  const port = await freePort()
  let server = await startServer(port, TOKEN)
  await page.goto(`http://127.0.0.1:${port}${PAGE}#token=${TOKEN}`)
  const playground = new Playground(page, 'tcp-server.ts')
  await playground.start()
  server.kill('SIGKILL')
  await once(server, 'exit')
  server = await startServer(port, OTHER_TOKEN)
  await expect(playground.alert).toContainText(
    'The playground server does not know this page: it was started again',
  )
  await page.goto(`http://127.0.0.1:${port}${PAGE}#token=${OTHER_TOKEN}`)
  await expect(playground.status).toHaveText(/^Listening on/)
  await playground.stop()
  server.kill()
})

test('ten thousand pasted lines come to the program, each once and in order', async ({ page, site }) => {
  await page.goto(site.address(PAGE))
  const playground = new Playground(page, 'tcp-server.ts')
  await playground.replaceProgram('tcp-server.ts', [
    "let text = ''",
    'process.stdin.on("data", (data) => {',
    'text += data',
    "const lines = text.split('\\n').slice(0, -1)",
    'if (lines.length === 10_000) console.log("all in order:", lines.every((line, index) => line === `line ${index}`))',
  ])
  await playground.button('Start').click()
  await expect(playground.status).toHaveText(/^Running/)
  await playground.server.input.focus()
  await playground.server.paste(Array.from({ length: 10_000 }, (_, index) => `line ${index}\n`).join(''))
  await playground.server.shows('all in order: true')
  await playground.stop()
})

test('two tabs are two sessions, and both have port 9999', async ({ page }) => {
  const site = await startSite({ PLAY_RUNNER: undefined })
  test.skip(!site.isWalled, 'Without sandboxes there is one port 9999 for all sessions')
  await page.goto(site.address(PAGE))
  const first = new Playground(page, 'tcp-server.ts')
  await first.start()
  // As a browser does for a duplicated tab, the new window gets a copy of the session storage.
  const opening = page.waitForEvent('popup')
  await page.evaluate((path) => void window.open(path), PAGE)
  const other = await opening
  const second = new Playground(other, 'tcp-server.ts')
  await second.start()
  await second.client.enter('from the second tab')
  await second.client.shows('Received: FROM THE SECOND TAB')
  await first.client.enter('from the first tab')
  await first.client.shows('Received: FROM THE FIRST TAB')
  expect(await first.server.text()).not.toContain('second')
  await other.close()
  await first.client.enter('still here')
  await first.client.shows('Received: STILL HERE')
  await first.stop()
  await site.close()
})

test('a reader of a busy server is told so, and can try again', async ({ page, context }) => {
  const site = await startSite({ PLAY_SESSIONS: '1' })
  const other = await context.newPage()
  await other.goto(site.address(PAGE))
  await new Playground(other, 'tcp-server.ts').start()
  await page.goto(site.address(PAGE))
  const playground = new Playground(page, 'tcp-server.ts')
  await playground.button('Start').click()
  await expect(playground.status).toHaveText(
    'Busy: 1 of 1 sessions are open; close a page that runs programs, then try again',
  )
  await other.close()
  await expect(async () => {
    await playground.button('Start').click()
    await expect(playground.status).toHaveText(/^Listening on/, { timeout: 500 })
  }).toPass()
  await site.close()
})

test('a session that nobody uses is warned, can be kept, and ends in words', async ({ page }) => {
  const site = await startSite({ PLAY_IDLE_MS: '3000' })
  await page.goto(site.address(PAGE))
  const playground = new Playground(page, 'tcp-server.ts')
  await playground.start()
  await expect(playground.alert).toContainText('Nothing was done here for a while, so the session ends soon')
  await playground.region.getByRole('button', { name: 'Keep the session' }).focus()
  await page.keyboard.press('Enter')
  await expect(playground.alert).toHaveCount(0)
  await expect(playground.status).toHaveText(/^Listening on/)
  await expect(playground.alert).toContainText('Your edits are kept: Start begins a new session', {
    timeout: 10_000,
  })
  await expect(playground.status).toHaveText('Nothing was done here for a while, so the session has ended')
  await playground.start()
  await expect(playground.alert).toHaveCount(0)
  await site.close()
})

test('a program that prints more than it may is stopped, and the page says by which limit', async ({
  page,
}) => {
  const site = await startSite({ PLAY_OUTPUT_BYTES_PER_RUN: '1048576' })
  await page.goto(site.address(PAGE))
  const playground = new Playground(page, 'tcp-server.ts')
  await playground.replaceProgram('tcp-server.ts', [
    "const print = () => process.stdout.write('y'.repeat(50_000), print)",
    'print()',
  ])
  await playground.button('Start').click()
  const sentence = 'Stopped by a limit: It printed more than 1 MB. Change the program, then press Start'
  await expect(playground.status).toHaveText(sentence)
  await playground.server.showsWrapped(`— ${sentence}`)
  await site.close()
})

test('a session that takes too much memory loses its programs, and the page says by which limit', async ({
  page,
}) => {
  const site = await startSite({ PLAY_RUNNER: undefined, PLAY_SESSION_MEMORY_BYTES: '209715200' })
  test.skip(!site.isWalled, 'Only a sandbox limits the memory of a session')
  await page.goto(site.address(PAGE))
  const playground = new Playground(page, 'tcp-server.ts')
  await playground.replaceProgram('tcp-server.ts', [
    'const all: Buffer[] = []',
    'setInterval(() => all.push(Buffer.alloc(20_000_000, 1)), 10)',
  ])
  await playground.button('Start').click()
  const sentence =
    'Stopped by a limit: The programs of this page used more than 200 MB of memory together. Change the program, then press Start'
  await expect(playground.status).toHaveText(sentence)
  await playground.button('Reset').click()
  await playground.start()
  await site.close()
})

test('a page says when programs run unwalled, and why', async ({ page, site }) => {
  await page.goto(site.address(PAGE))
  const playground = new Playground(page, 'tcp-server.ts')
  await playground.openEditor('tcp-server.ts')
  await playground.region.getByText('Unwalled').click()
  await expect(
    playground.region.getByText('What you run here has your own rights on this computer'),
  ).toBeVisible()
})

interface Network extends AsyncDisposable {
  proxy: TcpProxy
}

/** Opens the page through a network that the test can cut. */
async function openNetwork(page: Page, env: NodeJS.ProcessEnv = {}): Promise<Network> {
  const proxy = await TcpProxy.open()
  const site = await startSite({ ...env, PLAY_ORIGINS: proxy.origin })
  proxy.leadTo(site.port)
  await page.goto(site.address(PAGE))
  return {
    proxy,
    async [Symbol.asyncDispose]() {
      await proxy.close()
      await site.close()
    },
  }
}

async function freePort(): Promise<number> {
  const site = await startSite()
  await site.close()
  return site.port
}

async function startServer(port: number, token: string): Promise<ChildProcess> {
  const server = spawn(process.execPath, ['playground/server/dist/main.js', '--port', String(port)], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], PLAY_TOKEN: token, PLAY_RUNNER: 'plain' },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  await once(server.stdout, 'data')
  return server
}
