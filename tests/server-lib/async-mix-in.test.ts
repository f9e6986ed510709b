import { describe, expect, expectTypeOf, test } from 'vitest'
import {
  AsyncMixIn,
  AsyncTCPServer,
  AsyncUDPServer,
  BaseRequestHandler,
  type DatagramRequest,
  type InetAddress,
  openDatagram,
  StreamRequestHandler,
  SystemExit,
  TCPServer,
  UDPServer,
} from 'socketserver-ts'
import { exchange, gate, LOOPBACK, plainClient, receiveAll, serving, UpperHandler } from './support.ts'

test('AsyncMixIn serves the next request while another one waits', async () => {
  const held = gate()
  const begun: string[] = []
  class Handler extends StreamRequestHandler {
    override async handle() {
      const name = String(await this.rfile.readline()).trim()
      begun.push(name)
      if (name === 'slow') await held.opened
      await this.wfile.write(name)
    }
  }
  await using running = await serving(new AsyncTCPServer(LOOPBACK, Handler))
  const slow = exchange(running.server.serverAddress, 'slow\n')
  await expect.poll(() => begun).toEqual(['slow'])
  expect(await exchange(running.server.serverAddress, 'quick\n')).toBe('quick')
  held.open()
  expect(await slow).toBe('slow')
})

test('AsyncMixIn(UDPServer) serves datagrams concurrently', async () => {
  const held = gate()
  class Handler extends BaseRequestHandler<DatagramRequest> {
    override async handle() {
      const [data, socket] = this.request
      if (String(data) === 'slow') await held.opened
      await socket.sendTo(data, this.clientAddress)
    }
  }
  class Server extends AsyncMixIn(UDPServer) {}
  await using running = await serving(new Server(LOOPBACK, Handler))
  await using client = await openDatagram(LOOPBACK)
  for (const text of ['slow', 'quick']) await client.sendTo(text, running.server.serverAddress)
  expect(String((await client.recvFrom())[0])).toBe('quick')
  held.open()
  expect(String((await client.recvFrom())[0])).toBe('slow')
})

describe('a handler of an AsyncTCPServer', () => {
  test('that throws is reported and its request shut down, a SystemExit ends only the request', async () => {
    const errors: unknown[] = []
    class Handler extends StreamRequestHandler {
      override async handle() {
        const name = String(await this.rfile.readline()).trim()
        if (name === 'throw') throw new Error('boom')
        if (name === 'exit') throw new SystemExit(1)
        await this.wfile.write('fine')
      }
    }
    class Server extends AsyncTCPServer {
      override handleError(...[, , error]: Parameters<TCPServer['handleError']>) {
        errors.push(error)
      }
    }
    await using running = await serving(new Server(LOOPBACK, Handler))
    const replies = ['throw\n', 'exit\n', 'ok\n'].map((line) => exchange(running.server.serverAddress, line))
    expect(await Promise.all(replies)).toEqual(['', '', 'fine'])
    expect(errors).toMatchObject([{ message: 'boom' }])
  })

  test('may await shutdown() and serverClose()', async () => {
    const loopEnded: boolean[] = []
    let ended = false
    class Handler extends StreamRequestHandler {
      override async handle() {
        await this.rfile.readline()
        await this.server.shutdown()
        loopEnded.push(ended)
        await this.server.serverClose()
        await this.wfile.write('closed')
      }
    }
    const server = new AsyncTCPServer(LOOPBACK, Handler)
    await server.listen()
    const loop = server.serveForever().then(() => {
      ended = true
    })
    expect(await exchange(server.serverAddress, 'bye\n')).toBe('closed')
    await loop
    // The handler does not hold the loop, so shutdown() has waited for its end.
    expect(loopEnded).toEqual([true])
    await server.serverClose()
  })
})

test('serverClose() lets tasks in progress finish, of TCP and of UDP', async () => {
  const held = gate()
  const begun = gate()
  class Stream extends UpperHandler {
    override async handle() {
      begun.open()
      await held.opened
      await super.handle()
    }
  }
  const server = new AsyncTCPServer(LOOPBACK, Stream)
  const loop = server.serveForever()
  await server.listen()
  const reply = exchange(server.serverAddress, 'last\n')
  await begun.opened

  const datagramBegun = gate()
  class Datagram extends BaseRequestHandler<DatagramRequest> {
    override async handle() {
      datagramBegun.open()
      await held.opened
      await this.request[1].sendTo(this.request[0], this.clientAddress)
    }
  }
  const udp = new AsyncUDPServer(LOOPBACK, Datagram)
  const udpLoop = udp.serveForever()
  await udp.listen()
  await using client = await openDatagram(LOOPBACK)
  await client.sendTo('last datagram', udp.serverAddress)
  await datagramBegun.opened

  const closed = Promise.all([server.serverClose(), udp.serverClose(), loop, udpLoop])
  held.open()
  expect(await reply).toBe('LAST\n')
  expect(String((await client.recvFrom())[0])).toBe('last datagram')
  await closed
})

test('a thousand clients that vanish at once leave a server that serves', async () => {
  const server = new AsyncTCPServer(LOOPBACK, UpperHandler)
  server.requestQueueSize = 511
  class Quiet extends StreamRequestHandler {
    override async handle() {
      // The client has gone in the midst of either, which is what the test is about.
      await this.rfile.readline().catch(() => {})
      await this.wfile.write('late').catch(() => {})
    }
  }
  server.RequestHandlerClass = Quiet
  await using running = await serving(server)
  const clients = await Promise.all(Array.from({ length: 1000 }, () => plainClient(server.serverAddress)))
  for (const [index, client] of clients.entries()) {
    if (index % 2 === 0) client.resetAndDestroy()
    else client.destroy()
  }
  running.server.RequestHandlerClass = UpperHandler
  const client = await plainClient(running.server.serverAddress)
  client.end('still\n')
  expect(await receiveAll(client)).toBe('STILL\n')
})

test('the types of a mix-in are those of its base', () => {
  class Mixed extends AsyncMixIn(TCPServer) {}
  expectTypeOf<Mixed['serverAddress']>().toEqualTypeOf<InetAddress>()
  new Mixed(LOOPBACK, UpperHandler)
  class DatagramHandler extends BaseRequestHandler<DatagramRequest> {}
  // @ts-expect-error a datagram handler with a stream server
  new Mixed(LOOPBACK, DatagramHandler)
  // @ts-expect-error a stream handler with a datagram server
  new AsyncUDPServer(LOOPBACK, UpperHandler)
})
