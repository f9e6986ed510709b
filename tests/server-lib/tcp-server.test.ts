import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, expect, test, vi } from 'vitest'
import { readdirSync } from 'node:fs'
import { BaseRequestHandler, TCPServer } from 'socketserver-ts'
import { exchange, gate, LOOPBACK, plainClient, receiveAll, serving, UpperHandler } from './support.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

test.each([
  [{ host: '127.0.0.1', port: 70_000 }, 'Cannot bind to port 70000: port must be between 0 and 65535'],
  [{ host: '127.0.0.1', port: -1 }, 'Cannot bind to port -1: port must be between 0 and 65535'],
  [{ host: '127.0.0.1', port: 1.5 }, 'Cannot bind to port 1.5: port must be between 0 and 65535'],
  [{ host: '127.0.0.1', port: '80' }, "Cannot bind to port '80': port must be between 0 and 65535"],
  [{ port: 80 }, 'Cannot bind to address { port: 80 }: { host: string, port: number } is required'],
  [9999, 'Cannot bind to address 9999: { host: string, port: number } is required'],
])('new TCPServer(%j) throws at once', (address, message) => {
  expect(() => new TCPServer(address as never, UpperHandler)).toThrow(message)
})

test('new TCPServer() without a handler class throws at once', () => {
  expect(() => new TCPServer(LOOPBACK, undefined as never)).toThrow(
    'Cannot serve with handler undefined: a handler class is required',
  )
})

test('the defaults are those of CPython', () => {
  expect(new TCPServer(LOOPBACK, UpperHandler)).toMatchObject({
    addressFamily: 'AF_INET',
    socketType: 'SOCK_STREAM',
    requestQueueSize: 5,
    allowReuseAddress: false,
    allowReusePort: false,
    timeout: null,
    maxPending: 1024,
  })
})

test('listen() on a host that does not exist rejects with the error of the system', async () => {
  const server = new TCPServer({ host: 'no-such-host.invalid', port: 0 }, UpperHandler)
  await expect(server.listen()).rejects.toMatchObject({ syscall: 'getaddrinfo' })
})

test('listen() on an IPv6 address serves IPv6', async () => {
  await using running = await serving(new TCPServer({ host: '::1', port: 0 }, UpperHandler))
  expect(running.server.serverAddress.host).toBe('::1')
  expect(await exchange(running.server.serverAddress, 'six\n')).toBe('SIX\n')
})

test('listen() on host "" binds every IPv4 address', async () => {
  await using running = await serving(new TCPServer({ host: '', port: 0 }, UpperHandler))
  const { host, port } = running.server.serverAddress
  expect(host).toBe('0.0.0.0')
  expect(await exchange({ host: '127.0.0.1', port }, 'any\n')).toBe('ANY\n')
})

test.runIf(process.platform === 'linux')('1,024 failed binds leak no descriptor', async () => {
  await using taken = new TCPServer(LOOPBACK, UpperHandler)
  await taken.listen()
  const descriptors = () => readdirSync('/proc/self/fd').length
  const before = descriptors()
  for (let attempt = 0; attempt < 1024; attempt++) {
    const server = new TCPServer(taken.serverAddress, UpperHandler)
    await expect(server.listen()).rejects.toMatchObject({ code: 'EADDRINUSE' })
  }
  await expect.poll(descriptors).toBeLessThanOrEqual(before + 2)
})

test('clientAddress is the address of the client', async () => {
  const seen: unknown[] = []
  class Handler extends BaseRequestHandler {
    override handle() {
      seen.push(this.clientAddress)
    }
  }
  await using running = await serving(new TCPServer(LOOPBACK, Handler))
  const client = await plainClient(running.server.serverAddress)
  await once(client.resume(), 'end')
  expect(seen).toEqual([{ host: '127.0.0.1', port: client.localPort }])
  client.destroy()
})

test('a client beyond maxPending is refused at once by a reset, and the others are served', async () => {
  const held = gate()
  class Handler extends BaseRequestHandler {
    override async handle() {
      await held.opened
      await this.request.send('served')
    }
  }
  const server = new TCPServer(LOOPBACK, Handler)
  server.maxPending = 2
  await using running = await serving(server)
  const { serverAddress } = running.server
  const clients = await Promise.all(Array.from({ length: 6 }, () => plainClient(serverAddress)))
  const outcomes = clients.map((client) =>
    once(client, 'data').then(
      ([data]) => String(data),
      (error: unknown) => (error as NodeJS.ErrnoException).code,
    ),
  )
  await expect.poll(() => running.server.refusedRequests).toBe(3)
  held.open()
  expect((await Promise.all(outcomes)).sort()).toEqual([
    ...Array.from({ length: 3 }, () => 'ECONNRESET'),
    ...Array.from({ length: 3 }, () => 'served'),
  ])
  for (const client of clients) client.destroy()
})

test('a client that resets while it waits in line is one line on standard error and does not hold up the next', async () => {
  const print = vi.spyOn(console, 'error').mockImplementation(() => {})
  const held = gate()
  const order: string[] = []
  class Handler extends BaseRequestHandler {
    override async handle() {
      const name = String(await this.request.recv(16))
      if (name === 'first') await held.opened
      order.push(name)
      await this.request.send(name)
    }
  }
  await using running = await serving(new TCPServer(LOOPBACK, Handler))
  const { serverAddress } = running.server
  const first = exchange(serverAddress, 'first')
  const waiting = await plainClient(serverAddress)
  waiting.resetAndDestroy()
  await once(waiting, 'close')
  const last = exchange(serverAddress, 'last')
  held.open()
  expect(await Promise.all([first, last])).toEqual(['first', 'last'])
  expect(order).toEqual(['first', 'last'])
  expect(print.mock.calls.flat().join('\n')).not.toContain('    at ')
})

test('a client that still sends when its reply is complete gets the reply and no reset', async () => {
  class Handler extends BaseRequestHandler {
    override async handle() {
      await this.request.send('too much')
    }
  }
  await using running = await serving(new TCPServer(LOOPBACK, Handler))
  const client = await plainClient(running.server.serverAddress)
  expect(await receiveAll(client)).toBe('too much')
  // More than the buffers of both kernels hold: it can only be written if the server goes on reading.
  await new Promise<void>((resolve, reject) => {
    client.write(Buffer.alloc(32 * 1024 * 1024), (error) => {
      if (error) reject(error)
      else resolve()
    })
  })
  const closed = once(client, 'close')
  client.end()
  expect(await closed).toEqual([false])
})

test('a client that never ends its side is closed all the same', async () => {
  await using running = await serving(new TCPServer(LOOPBACK, BaseRequestHandler))
  const client = await plainClient(running.server.serverAddress)
  await once(client.resume(), 'end')
  // Resolves only when no connection is left.
  await running.server.serverClose()
  client.destroy()
})

test('a slow reader of a reply does not hold up the next request', async () => {
  const size = 8 * 1024 * 1024
  class Handler extends BaseRequestHandler {
    override async handle() {
      const name = String(await this.request.recv(16))
      // Not awaited: the reply is still on its way when the handler is done.
      if (name === 'slow') void this.request.send(Buffer.alloc(size, '.'))
      else await this.request.send('quick')
    }
  }
  await using running = await serving(new TCPServer(LOOPBACK, Handler))
  const slow = await plainClient(running.server.serverAddress)
  slow.pause()
  slow.write('slow')
  expect(await exchange(running.server.serverAddress, 'quick')).toBe('quick')
  let received = 0
  slow.on('data', (chunk: Buffer) => (received += chunk.length)).resume()
  await once(slow, 'end')
  expect(received).toBe(size)
  slow.destroy()
})

test('a hundred clients at once are all served where requestQueueSize has room for them', async () => {
  const server = new TCPServer(LOOPBACK, UpperHandler)
  server.requestQueueSize = 128
  await using running = await serving(server)
  const names = Array.from({ length: 100 }, (_, index) => `client ${index}\n`)
  const replies = await Promise.all(names.map((name) => exchange(running.server.serverAddress, name)))
  expect(replies).toEqual(names.map((name) => name.toUpperCase()))
})

test('an idle server ends its process when it is closed: nothing is left running', async () => {
  const program = `
    import { TCPServer, BaseRequestHandler } from 'socketserver-ts'
    const server = new TCPServer({ host: '127.0.0.1', port: 0 }, BaseRequestHandler)
    const loop = server.serveForever()
    await server.listen()
    await server.serverClose()
    await loop
  `
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit' })
  expect(await once(child, 'exit')).toEqual([0, null])
})
