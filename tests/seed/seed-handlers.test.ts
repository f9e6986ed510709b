import { once } from 'node:events'
import { describe, expect, expectTypeOf, test } from 'vitest'
import {
  AsyncTCPServer,
  BaseRequestHandler,
  type DatagramRequest,
  DatagramRequestHandler,
  DatagramSocket,
  type InetAddress,
  openDatagram,
  StreamRequestHandler,
  StreamSocket,
  TCPServer,
  UDPServer,
} from 'socketserver-ts'
import { exchange, LOOPBACK, plainClient, serving } from '../server-lib/support.ts'

/** Keeps the handlers that have served it. */
class KeepingServer extends TCPServer {
  handlers: KeptHandler[] = []
}

class KeptHandler extends StreamRequestHandler<InetAddress, KeepingServer> {
  requests = 0

  override handle(): void | Promise<void> {
    this.requests++
    this.server.handlers.push(this)
  }
}

describe('handle()', () => {
  test('"The default implementation does nothing"', async () => {
    await using running = await serving(new TCPServer(LOOPBACK, BaseRequestHandler))
    expect(await exchange(running.server.serverAddress, 'anything')).toBe('')
  })

  test('"A new instance is created for each request"', async () => {
    await using running = await serving(new KeepingServer(LOOPBACK, KeptHandler))
    for (let count = 0; count < 3; count++) await exchange(running.server.serverAddress, '')
    const { handlers } = running.server
    expect(new Set(handlers).size).toBe(3)
    expect(handlers.map(({ requests }) => requests)).toEqual([1, 1, 1])
  })

  test('"It is instantiated once per connection to the server"', async () => {
    class Handler extends KeptHandler {
      override async handle() {
        for await (const line of this.rfile) await this.wfile.write(line)
        await super.handle()
      }
    }
    await using running = await serving(new KeepingServer(LOOPBACK, Handler))
    expect(await exchange(running.server.serverAddress, 'two\nlines\n')).toBe('two\nlines\n')
    expect(running.server.handlers).toHaveLength(1)
  })

  test('"The request handler class [...] can override any of the following methods": setup(), handle(), finish()', async () => {
    const calls: string[] = []
    class Handler extends BaseRequestHandler {
      override setup() {
        calls.push('setup')
      }
      override handle() {
        calls.push('handle')
      }
      override finish() {
        calls.push('finish')
      }
    }
    await using running = await serving(new TCPServer(LOOPBACK, Handler))
    await exchange(running.server.serverAddress, '')
    expect(calls).toEqual(['setup', 'handle', 'finish'])
  })
})

describe('"Several instance attributes are available to it"', () => {
  test('"the request is available as self.request; the client address as self.client_address; and the server instance as self.server"', async () => {
    await using running = await serving(new KeepingServer(LOOPBACK, KeptHandler))
    const client = await plainClient(running.server.serverAddress)
    const clientAddress = { host: '127.0.0.1', port: client.localPort }
    await once(client.end().resume(), 'close')
    const [handler] = running.server.handlers
    expect(handler?.request).toBeInstanceOf(StreamSocket)
    expect(handler?.clientAddress).toEqual(clientAddress)
    expect(handler?.server).toBe(running.server)
  })

  test('"[...] in case it needs access to per-server information"', async () => {
    class GreetingServer extends TCPServer {
      greeting = 'hello'
    }
    class Handler extends StreamRequestHandler<InetAddress, GreetingServer> {
      override async handle() {
        await this.wfile.write(this.server.greeting)
      }
    }
    const german = new GreetingServer(LOOPBACK, Handler)
    german.greeting = 'guten Tag'
    await using first = await serving(new GreetingServer(LOOPBACK, Handler))
    await using second = await serving(german)
    expect(await exchange(first.server.serverAddress, '')).toBe('hello')
    expect(await exchange(second.server.serverAddress, '')).toBe('guten Tag')
  })
})

describe('"The type of self.request is different for datagram or stream services"', () => {
  test('"For stream services, self.request is a socket object"', async () => {
    class Handler extends BaseRequestHandler {
      override async handle() {
        expectTypeOf(this.request).toEqualTypeOf<StreamSocket>()
        await this.request.send((await this.request.recv(1024)).toString().toUpperCase())
      }
    }
    await using running = await serving(new TCPServer(LOOPBACK, Handler))
    expect(await exchange(running.server.serverAddress, 'socket')).toBe('SOCKET')
  })

  test('"for datagram services, self.request is a pair of string and socket"', async () => {
    const requests: unknown[] = []
    class Handler extends BaseRequestHandler<DatagramRequest> {
      override async handle() {
        const [data, socket] = this.request
        requests.push(this.request)
        await socket.sendTo(data, this.clientAddress)
      }
    }
    await using running = await serving(new UDPServer(LOOPBACK, Handler))
    await using client = await openDatagram()
    await client.sendTo('pair', running.server.serverAddress)
    expect(String((await client.recvFrom())[0])).toBe('pair')
    expect(requests).toEqual([[Buffer.from('pair'), expect.any(DatagramSocket)]])
  })

  test('"since there is no connection the client address must be given explicitly when sending data back via sendto()"', async () => {
    class Handler extends BaseRequestHandler<DatagramRequest> {
      override async handle() {
        const [data, socket] = this.request
        await socket.sendTo(`${data.toString()} from ${this.clientAddress.port}`, this.clientAddress)
      }
    }
    await using running = await serving(new UDPServer(LOOPBACK, Handler))
    await using first = await openDatagram()
    await using second = await openDatagram()
    await first.sendTo('first', running.server.serverAddress)
    await second.sendTo('second', running.server.serverAddress)
    expect(String((await second.recvFrom())[0])).toBe(`second from ${second.localAddress.port}`)
    expect(String((await first.recvFrom())[0])).toBe(`first from ${first.localAddress.port}`)
  })

  test('"The request handler class must be different for datagram or stream services"', () => {
    class StreamHandler extends BaseRequestHandler {}
    class DatagramHandler extends BaseRequestHandler<DatagramRequest> {}
    const mistakes = () => {
      // @ts-expect-error a datagram handler with a stream server
      new TCPServer(LOOPBACK, DatagramHandler)
      // @ts-expect-error a stream handler with a datagram server
      new UDPServer(LOOPBACK, StreamHandler)
    }
    expectTypeOf(mistakes).toBeFunction()
  })

  test('"This can be hidden by using the handler subclasses StreamRequestHandler or DatagramRequestHandler"', async () => {
    const reply = async ({
      rfile,
      wfile,
    }: Pick<StreamRequestHandler | DatagramRequestHandler, 'rfile' | 'wfile'>) => {
      await wfile.write((await rfile.readline()).toString().toUpperCase())
    }
    class StreamHandler extends StreamRequestHandler {
      override handle() {
        return reply(this)
      }
    }
    class DatagramHandler extends DatagramRequestHandler {
      override handle() {
        return reply(this)
      }
    }
    await using streams = await serving(new TCPServer(LOOPBACK, StreamHandler))
    await using datagrams = await serving(new UDPServer(LOOPBACK, DatagramHandler))
    await using client = await openDatagram()
    await client.sendTo('hidden\n', datagrams.server.serverAddress)
    expect(String((await client.recvFrom())[0])).toBe('HIDDEN\n')
    expect(await exchange(streams.server.serverAddress, 'hidden\n')).toBe('HIDDEN\n')
  })

  test('they "override the setup() and finish() methods, and provide self.rfile and self.wfile attributes"', () => {
    for (const Handler of [StreamRequestHandler, DatagramRequestHandler]) {
      expect(Object.hasOwn(Handler.prototype, 'setup')).toBe(true)
      expect(Object.hasOwn(Handler.prototype, 'finish')).toBe(true)
    }
    expectTypeOf<StreamRequestHandler>().toHaveProperty('rfile')
    expectTypeOf<StreamRequestHandler>().toHaveProperty('wfile')
    expectTypeOf<DatagramRequestHandler>().toHaveProperty('rfile')
    expectTypeOf<DatagramRequestHandler>().toHaveProperty('wfile')
  })
})

describe('the seed on its two TCP handlers', () => {
  class RecvHandler extends BaseRequestHandler {
    override async handle() {
      const data = await this.request.recv(1024)
      await this.request.send(data.toString().trim().toUpperCase())
    }
  }

  class ReadlineHandler extends StreamRequestHandler {
    override async handle() {
      const data = await this.rfile.readline()
      await this.wfile.write(data.toString().trim().toUpperCase())
    }
  }

  /** Sends pieces, each after the server has had the time for a whole other request. */
  async function sendInPieces(address: InetAddress, pieces: string[]) {
    const client = await plainClient(address)
    client.setNoDelay(true)
    const reply = once(client, 'data') as Promise<[Buffer]>
    for (const piece of pieces) {
      client.write(piece)
      await exchange(address, 'meanwhile\n')
    }
    const [data] = await reply
    client.destroy()
    return data.toString()
  }

  test('"the readline() call in the second handler will call recv() multiple times until it encounters a newline character"', async () => {
    await using running = await serving(new AsyncTCPServer(LOOPBACK, ReadlineHandler))
    expect(await sendInPieces(running.server.serverAddress, ['hello ', 'wor', 'ld\nand more'])).toBe(
      'HELLO WORLD',
    )
  })

  test('"the single recv() call in the first handler will just return what has been sent from the client in one send() call"', async () => {
    await using running = await serving(new AsyncTCPServer(LOOPBACK, RecvHandler))
    expect(await sendInPieces(running.server.serverAddress, ['hello ', 'wor', 'ld\n'])).toBe('HELLO')
  })
})
