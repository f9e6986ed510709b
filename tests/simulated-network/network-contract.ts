import {
  connect,
  type InetAddress,
  openDatagram,
  type StreamSocket,
  TCPServer,
  UDPServer,
} from 'socketserver-ts'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { DatagramContractHandler, StreamContractHandler } from '../server-lib/fixtures/contract-handlers.ts'
import { LOOPBACK, serving } from '../server-lib/support.ts'

const MANY_BYTES = 4 * 1024 * 1024
/** More than any kernel buffers for a connection whose peer does not read. */
const FLOOD_BYTES = 64 * 1024 * 1024

/** Takes connections, and leaves them to the test. */
class KeepingServer extends TCPServer {
  readonly #arrived: StreamSocket[] = []
  #wake = (): void => undefined

  override processRequest(request: StreamSocket): void {
    this.#arrived.push(request)
    this.#wake()
  }

  async next(): Promise<StreamSocket> {
    while (this.#arrived.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve))
    const [next] = this.#arrived.splice(0, 1)
    if (next === undefined) throw new Error('No connection: one is required')
    return next
  }
}

async function everything(socket: StreamSocket): Promise<string> {
  return String(await socket.makefile('r').read())
}

async function ask(address: InetAddress, data: string): Promise<string> {
  await using socket = await connect(address)
  await socket.sendAll(data)
  await socket.shutdown('write')
  return await everything(socket)
}

async function pair(): Promise<{ client: StreamSocket; server: StreamSocket } & AsyncDisposable> {
  const { server, ...running } = await serving(new KeepingServer(LOOPBACK, StreamContractHandler))
  const [client, accepted] = await Promise.all([connect(server.serverAddress), server.next()])
  return {
    client,
    server: accepted,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([client.close(), accepted.close()])
      await running[Symbol.asyncDispose]()
    },
  }
}

async function freePort(): Promise<InetAddress> {
  await using server = new TCPServer(LOOPBACK, StreamContractHandler)
  await server.listen()
  return server.serverAddress
}

/** What streams and datagrams do, be the network a real one or a simulated one. */
export function networkContract(network: string): void {
  afterEach(() => {
    vi.restoreAllMocks()
  })

  describe(`streams over ${network}`, { timeout: 60_000 }, () => {
    test('lines arrive whole, however they were split and merged', async () => {
      await using running = await serving(new TCPServer(LOOPBACK, StreamContractHandler))
      const { serverAddress } = running.server
      expect(await ask(serverAddress, 'upper one\nupper two\nupper three')).toBe('ONE\nTWO\nTHREE\n')
      await using socket = await connect(serverAddress)
      for (const piece of ['up', 'per spl', 'it\nupper mer', 'ged\n']) {
        await socket.sendAll(piece)
        await new Promise((resolve) => setImmediate(resolve))
      }
      await socket.shutdown('write')
      expect(await everything(socket)).toBe('SPLIT\nMERGED\n')
    })

    test('both ends know both addresses', async () => {
      await using both = await pair()
      expect(both.client.localAddress).toMatchObject({ host: '127.0.0.1' })
      expect(both.client.localAddress.port).not.toBe(both.server.localAddress.port)
    })

    test('writes that follow each other at once arrive as one', async () => {
      await using both = await pair()
      for (const text of ['one ', 'two ', 'three']) await both.client.sendAll(text)
      // An answer to a later connection shows that all of them have arrived.
      await using other = await pair()
      await other.client.sendAll('ping')
      expect(String(await other.server.recv(10))).toBe('ping')
      expect(String(await both.server.recv(1024))).toBe('one two three')
    })

    test('recv(max) takes a part, and the rest stays', async () => {
      await using both = await pair()
      await both.client.sendAll('abcdef')
      expect(String(await both.server.recv(2))).toBe('ab')
      expect(String(await both.server.recv(2))).toBe('cd')
      expect(String(await both.server.recv(10))).toBe('ef')
    })

    test('a half-close ends one direction, and the other stays open', async () => {
      await using both = await pair()
      await both.client.shutdown('write')
      expect((await both.server.recv(10)).length).toBe(0)
      await both.server.sendAll('still here')
      expect(String(await both.client.recv(100))).toBe('still here')
      await expect(both.client.send('too late')).rejects.toMatchObject({ code: 'ERR_SOCKET_CLOSED' })
    })

    test('much data in both directions arrives whole', async () => {
      await using running = await serving(new TCPServer(LOOPBACK, StreamContractHandler))
      await using socket = await connect(running.server.serverAddress)
      const reply = everything(socket)
      await socket.sendAll(`count ${MANY_BYTES}\n`)
      await socket.sendAll(Buffer.alloc(MANY_BYTES, 'y'))
      await socket.sendAll(`repeat ${MANY_BYTES}\n`)
      await socket.shutdown('write')
      expect(await reply).toBe(`${MANY_BYTES}\n${'x'.repeat(MANY_BYTES)}`)
    })

    test('a sender whose peer does not read is held back', async () => {
      await using both = await pair()
      both.client.setTimeout(200)
      const sent = both.client.sendAll(Buffer.alloc(FLOOD_BYTES))
      await expect(sent).rejects.toMatchObject({ code: 'ERR_SOCKET_TIMEOUT' })
      both.client.abort()
    })

    test('abort() is a reset for the peer', async () => {
      await using both = await pair()
      const waiting = both.server.recv(10)
      both.client.abort()
      await expect(waiting).rejects.toMatchObject({ code: 'ECONNRESET', syscall: 'read' })
    })

    test('after a close over bytes that were not read, the peer reads the end and can send no more', async () => {
      await using both = await pair()
      await both.server.sendAll('something')
      // An answer to it shows that the first has arrived.
      await both.client.sendAll('ping')
      expect(String(await both.server.recv(10))).toBe('ping')
      await both.client.close()
      expect((await both.server.recv(10)).length).toBe(0)
      await vi.waitFor(async () => {
        await expect(both.server.send('pong')).rejects.toMatchObject({
          code: expect.stringMatching(/^(ECONNRESET|EPIPE)$/) as string,
        })
      })
    })

    test('what has arrived before a reset can be read, and then the reset', async () => {
      await using both = await pair()
      await both.client.sendAll('last words')
      const words = await both.server.recv(4)
      both.client.abort()
      expect(String(words) + String(await both.server.recv(100))).toBe('last words')
      await expect(both.server.recv(10)).rejects.toMatchObject({ code: 'ECONNRESET' })
    })

    test('whoever sends to a peer that has closed gets a reset', async () => {
      await using both = await pair()
      await both.client.close()
      expect((await both.server.recv(10)).length).toBe(0)
      await expect(
        (async () => {
          for (;;) {
            await both.server.send('anybody there')
            await new Promise((resolve) => setImmediate(resolve))
          }
        })(),
      ).rejects.toMatchObject({ code: expect.stringMatching(/^(ECONNRESET|EPIPE)$/) as string })
    })

    test('nobody listens: the connection is refused', async () => {
      const { port } = await freePort()
      await expect(connect({ host: '127.0.0.1', port })).rejects.toMatchObject({
        code: 'ECONNREFUSED',
        syscall: 'connect',
        address: '127.0.0.1',
        port,
        message: `connect ECONNREFUSED 127.0.0.1:${port}`,
      })
    })

    test('a taken port is refused, for every address that it is reached at, and free after close', async () => {
      const running = await serving(new TCPServer(LOOPBACK, StreamContractHandler))
      const { port } = running.server.serverAddress
      for (const host of ['127.0.0.1', '0.0.0.0']) {
        const second = new TCPServer({ host, port }, StreamContractHandler)
        await expect(second.listen()).rejects.toMatchObject({
          code: 'EADDRINUSE',
          syscall: 'listen',
          message: `listen EADDRINUSE: address already in use ${host}:${port}`,
        })
      }
      await running[Symbol.asyncDispose]()
      await using second = new TCPServer({ host: '127.0.0.1', port }, StreamContractHandler)
      await second.listen()
      expect(second.serverAddress.port).toBe(port)
    })

    test('an address that is not of this machine cannot be bound', async () => {
      const server = new TCPServer({ host: '192.0.2.1', port: 0 }, StreamContractHandler)
      await expect(server.listen()).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' })
    })

    test('thirty clients at once are mixed up with none', async () => {
      const server = new TCPServer(LOOPBACK, StreamContractHandler)
      server.requestQueueSize = 50
      await using running = await serving(server)
      const names = Array.from({ length: 30 }, (_, index) => `client ${index} ${'z'.repeat(index * 100 + 1)}`)
      const replies = names.map((name) => ask(running.server.serverAddress, `upper ${name}\n`))
      expect(await Promise.all(replies)).toEqual(names.map((name) => `${name.toUpperCase()}\n`))
    })

    test('serverClose() lets a request in progress finish, and resets what waits', async () => {
      const running = await serving(new TCPServer(LOOPBACK, StreamContractHandler))
      const { serverAddress } = running.server
      await using first = await connect(serverAddress)
      await first.sendAll('upper begun\n')
      expect(String(await first.recv(100))).toBe('BEGUN\n')
      await using second = await connect(serverAddress)
      // Its request is in line when the server has seen a later one arrive.
      await vi.waitFor(() => expect(running.server.acceptedRequests).toBe(2))
      const closed = running.server.serverClose()
      await first.sendAll('upper finished\n')
      await first.shutdown('write')
      expect(await everything(first)).toBe('FINISHED\n')
      await closed
      await expect(second.recv(10)).rejects.toMatchObject({ code: 'ECONNRESET' })
    })
  })

  describe(`datagrams over ${network}`, { timeout: 60_000 }, () => {
    test('each arrives whole, an empty one too, with the address of its sender', async () => {
      await using running = await serving(new UDPServer(LOOPBACK, DatagramContractHandler))
      await using client = await openDatagram(LOOPBACK)
      for (const [text, reply] of [
        ['one', 'ONE'],
        ['', 'empty'],
        ['x'.repeat(5000), 'X'.repeat(5000)],
      ] as const) {
        await client.sendTo(text, running.server.serverAddress)
        const [data, source] = await client.recvFrom()
        expect(String(data)).toBe(reply)
        expect(source).toEqual(running.server.serverAddress)
      }
    })

    test('two that follow each other are two, in their order', async () => {
      await using receiver = await openDatagram(LOOPBACK)
      await using sender = await openDatagram(LOOPBACK)
      await sender.sendTo('first', receiver.localAddress)
      await sender.sendTo('second', receiver.localAddress)
      expect(String((await receiver.recvFrom())[0])).toBe('first')
      const [data, source] = await receiver.recvFrom()
      expect(String(data)).toBe('second')
      expect(source).toEqual(sender.localAddress)
    })

    test('one to a port that nobody has is lost, and its sender is told nothing', async () => {
      const closed = await openDatagram(LOOPBACK)
      const { localAddress } = closed
      await closed.close()
      await using client = await openDatagram(LOOPBACK)
      client.setTimeout(100)
      expect(await client.sendTo('anybody there', localAddress)).toBe(13)
      await expect(client.recvFrom()).rejects.toMatchObject({ code: 'ERR_SOCKET_TIMEOUT' })
    })

    test('one that is longer than a packet is refused', async () => {
      await using client = await openDatagram(LOOPBACK)
      await expect(client.sendTo(Buffer.alloc(65_508), client.localAddress)).rejects.toMatchObject({
        code: 'EMSGSIZE',
      })
    })

    test('a taken port is refused', async () => {
      await using first = await openDatagram(LOOPBACK)
      await expect(openDatagram(first.localAddress)).rejects.toMatchObject({
        code: 'EADDRINUSE',
        syscall: 'bind',
        message: `bind EADDRINUSE 127.0.0.1:${first.localAddress.port}`,
      })
    })

    test('TCP and UDP have ports of their own', async () => {
      await using streams = await serving(new TCPServer(LOOPBACK, StreamContractHandler))
      await using datagrams = await serving(
        new UDPServer(streams.server.serverAddress, DatagramContractHandler),
      )
      expect(datagrams.server.serverAddress).toEqual(streams.server.serverAddress)
    })
  })
}
