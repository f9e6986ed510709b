import { once } from 'node:events'
import { readdirSync, readlinkSync } from 'node:fs'
import { truncate, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { parsePresence, PRESENCE_PATH } from '@playground/protocol'
import { startPlaygroundServer } from '@playground/server'
import { describe, expect, onTestFinished, test } from 'vitest'
import { buildDocs, openServer, until } from './support.ts'

test('the site serves a page at its clean URL and at its file', async () => {
  const { origin } = await openServer()
  expect(await text(`${origin}/guide`)).toBe('<h1>Guide</h1>')
  expect(await text(`${origin}/guide.html`)).toBe('<h1>Guide</h1>')
  expect(await text(`${origin}/`)).toBe('<h1>Home</h1>')
})

test.each([
  { accept: 'gzip', encoding: 'gzip', length: 'gzipped guide'.length },
  { accept: 'gzip, br', encoding: 'br', length: 'brotli guide'.length },
])(
  'the site serves the $encoding file to a browser that takes "$accept"',
  async ({ accept, encoding, length }) => {
    const { origin } = await openServer()
    const response = await fetch(`${origin}/guide`, {
      method: 'HEAD',
      headers: { 'accept-encoding': accept },
    })
    expect(response.headers.get('content-encoding')).toBe(encoding)
    expect(response.headers.get('content-length')).toBe(String(length))
    expect(response.headers.get('content-type')).toBe('text/html;charset=utf-8')
  },
)

test('the site answers 304 to a page that has not changed', async () => {
  const { origin } = await openServer()
  const etag = (await fetch(origin)).headers.get('etag') ?? ''
  const again = await fetch(origin, { headers: { 'if-none-match': etag } })
  expect(again.status).toBe(304)
})

test('the site shows its own page for what is not there', async () => {
  const { origin } = await openServer()
  const response = await fetch(`${origin}/nothing`)
  expect(response.status).toBe(404)
  expect(await response.text()).toBe('<h1>Nothing here</h1>')
})

test('the site serves nothing outside of its directory', async () => {
  const { origin } = await openServer()
  for (const path of ['/../package.json', '/..%2fpackage.json', '/%2e%2e/%2e%2e/etc/passwd', '/%00']) {
    expect((await fetch(origin + path)).status).toBe(404)
  }
})

describe.skipIf(process.platform !== 'linux')('a file is closed', () => {
  test('when its reader goes away', async () => {
    const { url, open } = await serveLargeFile()
    for (let count = 0; count < 3; count += 1) (await connectTo(url, 1)).resetAndDestroy()
    await until(() => open() === 0)
  })

  test('when its reader asks for it again and again, and takes nothing', async () => {
    const { url, open } = await serveLargeFile()
    const socket = await connectTo(url, 100)
    await once(socket, 'close')
    await until(() => open() === 0)
  })

  test('when its reader takes no more of it', async () => {
    const { url, open } = await serveLargeFile({ PLAY_PING_INTERVAL_MS: '100' })
    const socket = await connectTo(url, 1)
    expect(open()).toBe(1)
    await until(() => open() === 0)
    socket.destroy()
  })
})

test('the site sends the whole file for a range that cannot be', async () => {
  const { origin } = await openServer()
  const response = await fetch(origin, { headers: { range: 'bytes=9-2' } })
  expect(response.status).toBe(200)
  expect(await response.text()).toBe('<h1>Home</h1>')
})

test('the site serves what was built after the server had started', async () => {
  const docs = await buildDocs()
  const server = await startPlaygroundServer({ port: 0, docs, env: {} })
  onTestFinished(() => server.close())
  await writeFile(join(docs, 'new.html'), '<h1>New</h1>')
  expect(await text(new URL('/new', server.url).href)).toBe('<h1>New</h1>')
})

test('every response forbids sniffing, referrers and frames', async () => {
  const { origin } = await openServer()
  for (const path of ['/', '/nothing']) {
    const { headers } = await fetch(origin + path)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('content-security-policy')).toBe("frame-ancestors 'none'")
    expect(headers.get('x-frame-options')).toBe('DENY')
  }
})

test('startPlaygroundServer() rejects without docs and names the directory', async () => {
  const server = startPlaygroundServer({ port: 0, docs: '/nowhere/dist', env: {} })
  await expect(server).rejects.toThrow('No docs in "/nowhere/dist": a built site is required')
})

async function text(url: string): Promise<string> {
  return (await fetch(url, { headers: { 'accept-encoding': 'identity' } })).text()
}

test('the server answers that it runs, in place of the file that says that none does', async () => {
  const docs = await buildDocs()
  await writeFile(join(docs, PRESENCE_PATH), '{ "running": false }')
  const server = await startPlaygroundServer({ port: 0, docs, env: { PLAY_RUNNER: 'plain' } })
  onTestFinished(() => server.close())
  const answer = await fetch(`http://127.0.0.1:${server.port}/${PRESENCE_PATH}`)
  expect(parsePresence(await answer.text())).toEqual({ running: true })
  expect(answer.headers.get('cache-control')).toBe('no-store')
})

/** A file that no socket has room for, and how often this process has it open. */
async function serveLargeFile(env: NodeJS.ProcessEnv = {}): Promise<{ url: URL; open: () => number }> {
  const docs = await buildDocs()
  const path = join(docs, 'large.bin')
  await writeFile(path, '')
  await truncate(path, 2 ** 30)
  const server = await startPlaygroundServer({ port: 0, docs, env: { PLAY_RUNNER: 'plain', ...env } })
  onTestFinished(() => server.close())
  const open = () => readdirSync('/proc/self/fd').filter((fd) => targetOf(fd) === path).length
  return { url: new URL('/large.bin', server.url), open }
}

function targetOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`)
  } catch {
    return ''
  }
}

/** Resolves when the answer begins to come. */
async function connectTo(url: URL, requests: number): Promise<Socket> {
  const socket = connect(Number(url.port), url.hostname)
  socket.on('error', () => undefined)
  socket.write(`GET ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`.repeat(requests))
  if (requests === 1) await once(socket, 'readable')
  return socket
}
