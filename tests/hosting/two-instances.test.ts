import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { describeWith, isInstalled } from '../interop/tools.ts'
import { Page } from '../playground/page.ts'
import { buildDocs } from '../playground/support.ts'
import { HostedSite } from './hosted-site.ts'
import type { ProxyName, ReverseProxy } from './reverse-proxy.ts'
import { waitFor } from './wait-for.ts'

/** What hosting/config/haproxy.cfg calls the instances. */
const NAMES = ['one', 'two']

const TOKEN = 'what-both-instances-know'
const LISTENING_SERVER = `
  import { StreamRequestHandler, TCPServer } from 'socketserver-ts'
  const server = new TCPServer({ host: '127.0.0.1', port: 0 }, StreamRequestHandler)
  await server.serveForever()`

// Five processes start in each of these tests, and some of them drain.
vi.setConfig({ testTimeout: 60_000 })

describeWith('haproxy', 'two instances behind haproxy', () => {
  behind('haproxy')

  test('no new reader gets to an instance that drains, which still serves those it has', async () => {
    const { proxy, instances } = await openSite('haproxy', 60_000)
    const [one] = instances
    const pages = [await openPage(proxy), await openPage(proxy)]
    await waitFor(async () => (await one.metric('playground_sessions_open')) === 1)
    void one.end('SIGTERM')
    await waitFor(async () => {
      const newReaders = await Promise.all(Array.from({ length: 20 }, () => proxy.instance()))
      return newReaders.every((instance) => instance === 'two')
    })
    expect(await one.isReady()).toBe(false)
    for (const page of pages) expect(await page.execute('')).toMatchObject({ code: 0 })
  })
})

describe.skipIf(!isInstalled('nginx'))('two instances behind nginx, where it is installed', () => {
  behind('nginx')
})

function behind(name: ProxyName): void {
  test('are one site over TLS, whose metrics the public does not get', async () => {
    const { proxy } = await openSite(name)
    expect(await proxy.status('/')).toBe(200)
    expect(await proxy.status('/metrics')).toBe(404)
    const page = await openPage(proxy)
    await page.execute('console.log("through the proxy")')
    await page.printed('through the proxy\n')
  })

  test('a page whose instance is killed is served by the other one', async () => {
    const site = await openSite(name)
    const page = await openPage(site.proxy)
    await page.message('listening', (await page.start(LISTENING_SERVER)).run)
    const [mine, other] = await site.servingFirst()

    await mine.end('SIGKILL')
    const again = await reopen(site.proxy)
    await again.message('listening', (await again.start(LISTENING_SERVER)).run)
    expect(await other.metric('playground_sessions_open')).toBe(1)
  })

  test('no request fails while both are replaced, one after the other', async () => {
    const site = await openSite(name)
    const statuses = new Map<number | undefined, number>()
    let replacing = true
    const readers = Array.from({ length: 4 }, async () => {
      while (replacing) {
        const status = await site.proxy.status('/')
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
      }
    })
    for (const index of [0, 1] as const) {
      expect(await site.instances[index].end('SIGTERM')).toBe(0)
      await site.startAgain(index)
      if (name === 'haproxy') await waitFor(async () => (await site.proxy.instance()) === NAMES[index])
    }
    replacing = false
    await Promise.all(readers)
    expect([...statuses.keys()]).toEqual([200])
    expect(statuses.get(200)).toBeGreaterThan(50)
  })
}

/** @param drainMs by default long enough for HAProxy, which asks every second */
async function openSite(name: ProxyName, drainMs = 2500): Promise<HostedSite> {
  const env = { PLAY_TOKEN: TOKEN, PLAY_DRAIN_MS: String(drainMs) }
  const site = await HostedSite.open(name, { docs: await buildDocs(), env })
  onTestFinished(() => site.close())
  return site
}

function openPage({ origin, certificate }: ReverseProxy): Promise<Page> {
  return Page.open({ origin, token: TOKEN }, { certificate })
}

/** What the page does whose connection is gone: it asks until somebody answers. */
async function reopen(proxy: ReverseProxy): Promise<Page> {
  let page: Page | undefined
  await waitFor(async () => {
    page = await openPage(proxy).catch(() => undefined)
    return page !== undefined
  })
  if (page === undefined) throw new Error('No page')
  return page
}
