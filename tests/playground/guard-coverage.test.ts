import { readdirSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { SUBPROTOCOL } from '@playground/protocol'
import { expect, test } from 'vitest'
import { openServer, type TestServer } from './support.ts'

const SOURCES = join(import.meta.dirname, '../../playground/server/src')

/** What opens a way in from the network. */
const WAY_IN =
  /\b(?:createServer|createSecureServer|WebSocketServer|handleUpgrade)\(|\bon(?:ce)?\('(?:request|upgrade|connect|connection|checkContinue|checkExpectation|dropRequest)'/g

/** All ways in, each with what stands in front of it; a new one is put here together with its guard. */
const WAYS_IN = {
  // Its requests pass guarded(), but for those of Health; its upgrades go to Sessions.
  'playground-server.ts': ['createServer(', "on('upgrade'"],
  // Of its upgrades those to the path of the sessions go to Sessions; the others are another's.
  'attach-sessions.ts': ["on('upgrade'"],
  // refusalOf() comes before handleUpgrade().
  'sessions.ts': ['WebSocketServer(', 'handleUpgrade('],
  // A port of its own for Prometheus, that acts on nothing.
  'metrics-server.ts': ['createServer('],
}

/** They tell a kubelet, which calls a pod by its address, whether the server lives, and act on nothing. */
const OPEN_PATHS = ['/healthz', '/readyz']

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND']

test('every way into the server is known, and so is its guard', () => {
  const found = sources().map(({ file, text }) => [file, text.match(WAY_IN) ?? []] as const)
  expect(Object.fromEntries(found.filter(([, ways]) => ways.length > 0))).toEqual(WAYS_IN)
})

test('refusalOf() is asked before every upgrade', () => {
  const text = readFileSync(join(SOURCES, 'sessions.ts'), 'utf8')
  const upgrade = text.slice(text.indexOf('  upgrade('), text.indexOf('handleUpgrade('))
  expect(upgrade).toMatch(/refusalOf\(request/)
})

test('every route refuses a foreign Host with every method, unless it is known to be open', async () => {
  const server = await openServer()
  const paths = [...routes(), '/', '/guide', '/app.a1b2c3.js', '/not-there', '//', '/session/', '/%2e%2e/']
  expect(paths).toEqual(expect.arrayContaining(OPEN_PATHS))
  const answered: string[] = []
  for (const path of paths) {
    for (const method of METHODS) {
      const status = await ask(server, path, { method, headers: { Host: 'evil.example' } })
      if (status !== 403) answered.push(`${method} ${path}`)
    }
  }
  expect(answered).toEqual(OPEN_PATHS.flatMap((path) => [`GET ${path}`, `HEAD ${path}`]))
})

test('no path but that of the sessions is upgraded, and that one for the pages of the server alone', async () => {
  const server = await openServer()
  const upgraded: string[] = []
  for (const path of [...routes(), '/', '/guide', '/session']) {
    for (const headers of [
      {},
      { Origin: 'http://evil.example' },
      { Host: 'evil.example', Origin: server.origin },
      { Host: 'evil.example', Origin: 'http://evil.example' },
    ]) {
      const status = await ask(server, path, { headers: { ...upgradeHeaders(server), ...headers } })
      if (status === 101) upgraded.push(`${path} ${JSON.stringify(headers)}`)
    }
  }
  expect(upgraded).toEqual([`/session {}`])
})

/** The paths that the sources of the server compare with that of a request. */
function routes(): string[] {
  const paths = sources().flatMap(({ text }) =>
    Array.from(
      text.matchAll(/\b(?:url|pathname|path) [!=]== '(?<path>\/[^']*)'/g),
      ({ groups }) => groups?.['path'] ?? '',
    ),
  )
  return [...new Set(paths)]
}

function sources(): { file: string; text: string }[] {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  // What runs inside of a sandbox is not reached from the network.
  const server = files.filter((file) => file.endsWith('.ts') && !/^(?:program|runner)[\\/]/.test(file))
  return server.map((file) => ({ file, text: readFileSync(join(SOURCES, file), 'utf8') }))
}

function upgradeHeaders({ origin, port, token }: TestServer): Record<string, string> {
  return {
    Host: `127.0.0.1:${port}`,
    Origin: origin,
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Protocol': `${SUBPROTOCOL}, token.${token}`,
  }
}

function ask(
  { port }: TestServer,
  path: string,
  options: { method?: string; headers: Record<string, string> },
): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, agent: false, ...options })
    asked.once('response', (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    asked.once('upgrade', (_response, socket) => {
      socket.destroy()
      resolve(101)
    })
    asked.once('error', reject)
    asked.end()
  })
}
