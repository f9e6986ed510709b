import { once } from 'node:events'
import { connect } from 'node:net'
import { SUBPROTOCOL } from '@playground/protocol'
import { expect, test } from 'vitest'
import { openServer, type TestServer } from './support.ts'

interface Case {
  name: string
  /** Headers that differ from those of an honest page; null leaves one out. */
  headers: (server: TestServer) => Record<string, string | null>
  path?: string
  answer: string
}

const foreignToken = 'x'.repeat(32)

const cases: Case[] = [
  { name: 'an honest page', headers: () => ({}), answer: '101 Switching Protocols' },
  {
    name: 'localhost for Host and Origin',
    headers: ({ port }) => ({ Host: `localhost:${port}`, Origin: `http://localhost:${port}` }),
    answer: '101 Switching Protocols',
  },
  {
    name: '[::1] for Host and Origin',
    headers: ({ port }) => ({ Host: `[::1]:${port}`, Origin: `http://[::1]:${port}` }),
    answer: '101 Switching Protocols',
  },
  {
    name: 'a foreign Host',
    headers: ({ port }) => ({ Host: `evil.example:${port}` }),
    answer: '403 Forbidden',
  },
  { name: 'a Host without the port', headers: () => ({ Host: '127.0.0.1' }), answer: '403 Forbidden' },
  {
    name: 'a Host that only begins well',
    headers: ({ port }) => ({ Host: `127.0.0.1:${port}.evil.example` }),
    answer: '403 Forbidden',
  },
  { name: 'a foreign Origin', headers: () => ({ Origin: 'http://evil.example' }), answer: '403 Forbidden' },
  {
    name: 'an Origin of another port',
    headers: ({ port }) => ({ Origin: `http://127.0.0.1:${port === 1 ? 2 : port - 1}` }),
    answer: '403 Forbidden',
  },
  {
    name: 'an https Origin',
    headers: ({ port }) => ({ Origin: `https://127.0.0.1:${port}` }),
    answer: '403 Forbidden',
  },
  { name: 'the Origin null', headers: () => ({ Origin: 'null' }), answer: '403 Forbidden' },
  { name: 'no Origin', headers: () => ({ Origin: null }), answer: '403 Forbidden' },
  { name: 'another path', headers: () => ({}), path: '/', answer: '404 Not Found' },
  { name: 'the path with a query', headers: () => ({}), path: '/session?x=1', answer: '404 Not Found' },
  {
    name: 'no subprotocol',
    headers: () => ({ 'Sec-WebSocket-Protocol': null }),
    answer: '401 Unauthorized',
  },
  {
    name: 'no token',
    headers: () => ({ 'Sec-WebSocket-Protocol': SUBPROTOCOL }),
    answer: '401 Unauthorized',
  },
  {
    name: 'a wrong token',
    headers: () => ({ 'Sec-WebSocket-Protocol': `${SUBPROTOCOL}, token.${foreignToken}` }),
    answer: '401 Unauthorized',
  },
  {
    name: 'the beginning of the token',
    headers: ({ token }) => ({ 'Sec-WebSocket-Protocol': `${SUBPROTOCOL}, token.${token.slice(0, -1)}` }),
    answer: '401 Unauthorized',
  },
  {
    name: 'the token without its prefix',
    headers: ({ token }) => ({ 'Sec-WebSocket-Protocol': `${SUBPROTOCOL}, ${token}` }),
    answer: '401 Unauthorized',
  },
  {
    name: 'the token alone',
    headers: ({ token }) => ({ 'Sec-WebSocket-Protocol': `token.${token}` }),
    answer: '400 Bad Request',
  },
  {
    name: 'a foreign Host with everything else right, at another path',
    headers: () => ({ Host: 'evil.example' }),
    path: '/other',
    answer: '403 Forbidden',
  },
]

test.each(cases)('an upgrade with $name gets $answer', async ({ headers, path = '/session', answer }) => {
  const server = await openServer()
  const reply = await exchange(server.port, `GET ${path} HTTP/1.1`, {
    Host: `127.0.0.1:${server.port}`,
    Origin: server.origin,
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Protocol': `${SUBPROTOCOL}, token.${server.token}`,
    ...headers(server),
  })
  const [head = '', body] = reply.split('\r\n\r\n')
  expect(head.split('\r\n')[0]).toBe(`HTTP/1.1 ${answer}`)
  expect(reply).not.toContain(server.token)
  if (answer.startsWith('101')) expect(head).toContain(`Sec-WebSocket-Protocol: ${SUBPROTOCOL}\r\n`.trimEnd())
  else expect(body).toMatch(/^[^\n]+\n$/)
})

test.each([
  { name: 'GET', requestLine: 'GET / HTTP/1.1', host: null, answer: '200 OK' },
  { name: 'HEAD', requestLine: 'HEAD / HTTP/1.1', host: null, answer: '200 OK' },
  { name: 'POST', requestLine: 'POST / HTTP/1.1', host: null, answer: '405 Method Not Allowed' },
  { name: 'a foreign Host', requestLine: 'GET / HTTP/1.1', host: 'evil.example', answer: '403 Forbidden' },
  {
    name: 'a foreign Host, asset',
    requestLine: 'GET /app.a1b2c3.js HTTP/1.1',
    host: 'evil',
    answer: '403 Forbidden',
  },
  {
    name: 'a foreign Host, not found',
    requestLine: 'GET /no HTTP/1.1',
    host: 'evil',
    answer: '403 Forbidden',
  },
  { name: 'no Host at all', requestLine: 'GET / HTTP/1.0', host: '', answer: '403 Forbidden' },
])('a request with $name gets $answer', async ({ requestLine, host, answer }) => {
  const server = await openServer()
  const headers = { Host: host ?? `127.0.0.1:${server.port}`, Connection: 'close' }
  const reply = await exchange(server.port, requestLine, { ...headers, ...(host === '' && { Host: null }) })
  expect(reply.split('\r\n')[0]).toBe(`HTTP/1.1 ${answer}`)
})

test.each([
  {
    name: 'its page',
    origin: 'https://play.example',
    host: 'play.example',
    answer: '101 Switching Protocols',
  },
  {
    name: 'its page over http',
    origin: 'http://play.example',
    host: 'play.example',
    answer: '403 Forbidden',
  },
  {
    name: 'a name below its own',
    origin: 'https://a.play.example',
    host: 'play.example',
    answer: '403 Forbidden',
  },
  { name: 'a name of the machine', origin: 'http://127.0.0.1', host: '127.0.0.1', answer: '403 Forbidden' },
])(
  'a server with PLAY_ORIGINS answers an upgrade from $name with $answer',
  async ({ origin, host, answer }) => {
    const server = await openServer({ PLAY_ORIGINS: 'https://play.example' })
    const reply = await exchange(server.port, 'GET /session HTTP/1.1', {
      Host: host,
      Origin: origin,
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Protocol': `${SUBPROTOCOL}, token.${server.token}`,
    })
    expect(reply.split('\r\n')[0]).toBe(`HTTP/1.1 ${answer}`)
  },
)

test('headers that do not end within 5 s get 408', { timeout: 15_000 }, async () => {
  const server = await openServer()
  const socket = connect(server.port, '127.0.0.1')
  socket.write(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n`)
  const begun = performance.now()
  const [reply] = (await once(socket, 'data')) as [Buffer]
  expect(reply.toString()).toContain('408 Request Timeout')
  expect(performance.now() - begun).toBeLessThan(7000)
  socket.destroy()
})

test.each([
  { name: 'a body', head: 'POST / HTTP/1.1\r\nContent-Length: 100\r\n' },
  { name: 'a body in chunks', head: 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n' },
])('$name that does not come to its end holds no connection', async ({ head }) => {
  const server = await openServer({ PLAY_HEADERS_TIMEOUT_MS: '300' })
  const socket = connect(server.port, '127.0.0.1')
  socket.on('error', () => undefined)
  socket.write(`${head}Host: 127.0.0.1:${server.port}\r\n\r\n`)
  const drip = setInterval(() => socket.write('1'), 20)
  await once(socket.resume(), 'close')
  clearInterval(drip)
})

test('an upgrade whose headers come byte by byte gets 408', async () => {
  const server = await openServer({ PLAY_HEADERS_TIMEOUT_MS: '300' })
  const socket = connect(server.port, '127.0.0.1')
  socket.write(`GET /session HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nUpgrade: websocket\r\nX: `)
  const drip = setInterval(() => socket.write('x'), 20)
  const [reply] = (await once(socket, 'data')) as [Buffer]
  clearInterval(drip)
  expect(reply.toString()).toContain('408 Request Timeout')
  socket.destroy()
})

test('a refused peer that resets its connection does not disturb the server', async () => {
  const server = await openServer()
  const upgrade = 'GET /session HTTP/1.1\r\nHost: evil\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'
  for (let count = 0; count < 20; count += 1) {
    const socket = connect(server.port, '127.0.0.1')
    await once(socket, 'connect')
    socket.write(upgrade)
    socket.resetAndDestroy()
    await once(socket, 'close')
  }
  expect((await fetch(server.origin)).status).toBe(200)
})

/** Sends a request as it is and reads the reply up to its end, or up to an upgrade. */
async function exchange(
  port: number,
  requestLine: string,
  headers: Record<string, string | null>,
): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  const lines = Object.entries(headers).filter(([, value]) => value !== null)
  socket.write([requestLine, ...lines.map(([name, value]) => `${name}: ${value ?? ''}`), '', ''].join('\r\n'))
  let reply = ''
  for await (const data of socket) {
    reply += String(data)
    if (reply.startsWith('HTTP/1.1 101') && reply.includes('\r\n\r\n')) break
  }
  socket.destroy()
  return reply
}
