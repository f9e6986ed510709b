import { describe, expect, test, vi } from 'vitest'
import { describeWith, isInstalled } from '../interop/tools.ts'
import { Page } from '../playground/page.ts'
import { buildDocs } from '../playground/support.ts'
import { freePort, Instance } from './instance.ts'
import { proxyOrigin, startProxy, type ProxyName, type ReverseProxy } from './reverse-proxy.ts'
import { waitFor } from './wait-for.ts'

/** What hosting/config/haproxy.cfg calls the instances. */
const NAMES = ['one', 'two']

const TOKEN = 'what-both-instances-know'
const LISTENING_SERVER = `
  import { isMain, StreamRequestHandler, TCPServer } from 'socketserver-ts'
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
    await waitFor(async () => (await one.openSessions()) === 1)
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
    const { proxy, instances } = await openSite(name)
    const page = await openPage(proxy)
    const { run } = await page.start(LISTENING_SERVER)
    await page.message('listening', run)
    const [one, two] = instances
    const [mine, other] = (await one.openSessions()) === 1 ? [one, two] : [two, one]

    const killed = performance.now()
    await mine.end('SIGKILL')
    const again = await reopen(proxy)
    await again.message('listening', (await again.start(LISTENING_SERVER)).run)
    console.log(
      `${name}: ${Math.round(performance.now() - killed)} ms from kill -9 to listening on the other instance`,
    )
    expect(await other.openSessions()).toBe(1)
  })

  test('no request fails while both are replaced, one after the other', async () => {
    const { proxy, instances, start } = await openSite(name)
    const statuses = new Map<number | undefined, number>()
    let replacing = true
    const readers = Array.from({ length: 4 }, async () => {
      while (replacing) {
        const status = await proxy.status('/')
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
      }
    })
    for (const [index, instance] of instances.entries()) {
      const ended = instance.end('SIGTERM')
      await waitFor(async () => !(await instance.isReady()))
      expect(await ended).toBe(0)
      await start(instance.port)
      if (name === 'haproxy') await waitFor(async () => (await proxy.instance()) === NAMES[index])
    }
    replacing = false
    await Promise.all(readers)
    expect([...statuses.keys()]).toEqual([200])
    expect(statuses.get(200)).toBeGreaterThan(50)
  })
}

async function openSite(name: ProxyName, drainMs = 2500) {
  const [port, ...ports] = [await freePort(), await freePort(), await freePort()] as const
  const docs = await buildDocs()
  const start = (instancePort: number) =>
    Instance.start({
      port: instancePort,
      docs,
      env: {
        PLAY_ORIGINS: proxyOrigin(port),
        PLAY_TOKEN: TOKEN,
        PLAY_DRAIN_MS: String(drainMs),
        PLAY_PROXIES: '1',
      },
    })
  const instances = [await start(ports[0]), await start(ports[1])] as const
  const proxy = await startProxy(name, { port, instances: ports })
  return { proxy, instances, start }
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
