import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { HostedSite } from '../hosting/hosted-site.ts'
import { waitFor } from '../hosting/wait-for.ts'
import { Playground } from './playground.ts'
import { expect, test } from './site.ts'

const DOCS = join(import.meta.dirname, '../../.vitepress/dist')
const STARTS = 'playground_start_to_listening_seconds_count'

test.use({
  // The certificate is the test's own.
  ignoreHTTPSErrors: true,
  expectedComplaint: /^WebSocket connection to .* failed/,
})

for (const { how, signal } of [
  { how: 'is killed', signal: 'SIGKILL' },
  { how: 'is replaced', signal: 'SIGTERM' },
] as const) {
  test(`a page whose instance ${how} comes back on the other one, and its program runs again`, async ({
    page,
  }, info) => {
    test.skip(!isInstalled('haproxy'), 'haproxy is not installed')
    const site = await HostedSite.open('haproxy', { docs: DOCS, env: { PLAY_DRAIN_MS: '0' } })
    try {
      await page.goto(`${site.proxy.origin}/tutorial/tcp-echo`)
      const playground = new Playground(page, 'tcp-server.ts')
      await playground.openEditor('tcp-server.ts')
      await playground.replaceLine('tcp-server.ts', 'console.log(text)', ["console.log('my own line')"])
      await playground.start()
      const [mine, other] = await site.servingFirst()

      const ended = performance.now()
      void mine.end(signal)
      await waitFor(async () => (await other.metric(STARTS)) === 1)
      const ms = Math.round(performance.now() - ended)
      info.annotations.push({
        type: 'time',
        description: `${ms} ms from ${signal} to listening on the other instance`,
      })

      await expect(playground.region).toContainText('What ran is started again')
      await expect(playground.status).toHaveText(/^Listening on 127\.0\.0\.1:9999/)
      await playground.client.enter('hello')
      await playground.client.shows('Received: HELLO')
      await playground.server.shows('my own line')
    } finally {
      await site.close()
    }
  })
}

test('a page whose proxy is restarted gets its own instance again, where its program still runs', async ({
  browser,
  page,
}) => {
  test.skip(!isInstalled('haproxy'), 'haproxy is not installed')
  const site = await HostedSite.open('haproxy', { docs: DOCS, env: {} })
  const address = `${site.proxy.origin}/tutorial/tcp-echo`
  const neighbour = await browser.newContext({ ignoreHTTPSErrors: true })
  try {
    // HAProxy's first choice is the neighbour's, so that it takes more than luck to find the other one again.
    const neighbours = await neighbour.newPage()
    await neighbours.goto(address)
    await new Playground(neighbours, 'tcp-server.ts').start()
    await page.goto(address)
    const playground = new Playground(page, 'tcp-server.ts')
    await playground.start()
    await neighbour.close()

    await site.proxy.restart()
    await expect(playground.region).toContainText('Connected again: nothing was lost')
    await playground.client.enter('hello')
    await playground.client.shows('Received: HELLO')
  } finally {
    await site.close()
  }
})

function isInstalled(program: string): boolean {
  try {
    execFileSync(program, ['-v'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
