import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, test, vi } from 'vitest'
import {
  AsyncMixIn,
  AsyncTCPServer,
  BaseRequestHandler,
  BaseServer,
  type DatagramRequest,
  DatagramRequestHandler,
  type InetAddress,
  openDatagram,
  type StreamSocket,
  TCPServer,
  UDPServer,
  UnixDatagramServer,
  UnixStreamServer,
} from 'socketserver-ts'
import { exchange, gate, LOOPBACK, plainClient, serving, UpperHandler } from '../server-lib/support.ts'
import { DataHandler, MUCH } from './fixtures/handlers.ts'
import { otherClient, slowClient } from './slow-client.ts'

// Programs, threads and processes start as fast as the machine lets them.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })
const WAIT = { timeout: 10_000 }

/** Collects what it receives up to the end of the stream, in the server. */
class CollectingServer extends TCPServer {
  received = ''
}
class CollectingHandler extends BaseRequestHandler<StreamSocket, InetAddress, CollectingServer> {
  override async handle() {
    for await (const piece of this.request) this.server.received += piece.toString()
  }
}

/** Collects the datagrams, each for itself, in the server. */
class CollectingUDPServer extends UDPServer {
  datagrams: string[] = []
}
class CollectingUDPHandler extends BaseRequestHandler<DatagramRequest, InetAddress, CollectingUDPServer> {
  override handle() {
    this.server.datagrams.push(this.request[0].toString())
  }
}

describe('"There are four basic server classes"', () => {
  test('TCPServer "provides for continuous streams of data between the client and server"', async () => {
    await using running = await serving(new CollectingServer(LOOPBACK, CollectingHandler))
    const client = await plainClient(running.server.serverAddress)
    const pieces = Array.from({ length: 1000 }, (_, index) => `${index} `)
    for (const piece of pieces) client.write(piece)
    client.end()
    await once(client.resume(), 'end')
    expect(running.server.received).toBe(pieces.join(''))
  })

  test('UDPServer "uses datagrams, which are discrete packets of information"', async () => {
    await using running = await serving(new CollectingUDPServer(LOOPBACK, CollectingUDPHandler))
    await using client = await openDatagram()
    for (const packet of ['one', '', 'two words', 'x'.repeat(8000)]) {
      await client.sendTo(packet, running.server.serverAddress)
    }
    await expect
      .poll(() => running.server.datagrams, WAIT)
      .toEqual(['one', '', 'two words', 'x'.repeat(8000)])
  })

  test('datagrams "may [...] be lost while in transit", which no sender is told', async () => {
    const held = gate()
    class Handler extends DatagramRequestHandler {
      override async handle() {
        await held.opened
        await this.wfile.write(await this.rfile.read())
      }
    }
    const server = new UDPServer(LOOPBACK, Handler)
    server.maxPending = 1
    await using running = await serving(server)
    await using client = await openDatagram()
    for (const packet of ['first', 'second', 'third']) {
      expect(await client.sendTo(packet, running.server.serverAddress)).toBe(packet.length)
    }
    await expect.poll(() => running.server.refusedRequests, WAIT).toBe(1)
    held.open()
    client.setTimeout(10_000)
    expect([await client.recvFrom(), await client.recvFrom()].map(([data]) => String(data))).toEqual([
      'first',
      'second',
    ])
  })
})

describe('"These four classes process requests synchronously"', () => {
  test('TCPServer: "each request must be completed before the next request can be started"', async () => {
    const steps: string[] = []
    class Handler extends BaseRequestHandler {
      override async handle() {
        const name = String(await this.request.recv(16))
        steps.push(`${name} starts`)
        await exchange(other.server.serverAddress, 'takes a while\n')
        steps.push(`${name} completes`)
      }
    }
    await using other = await serving(new TCPServer(LOOPBACK, UpperHandler))
    await using running = await serving(new TCPServer(LOOPBACK, Handler))
    const names = ['first', 'second', 'third']
    await Promise.all(names.map((name) => exchange(running.server.serverAddress, name)))
    expect(steps).toHaveLength(6)
    for (let index = 0; index < steps.length; index += 2) {
      expect(steps[index + 1]).toBe(steps[index]?.replace('starts', 'completes'))
    }
  })

  test('UDPServer: "each request must be completed before the next request can be started"', async () => {
    const steps: string[] = []
    class Handler extends BaseRequestHandler<DatagramRequest> {
      override async handle() {
        const name = String(this.request[0])
        steps.push(`${name} starts`)
        await exchange(other.server.serverAddress, 'takes a while\n')
        steps.push(`${name} completes`)
      }
    }
    await using other = await serving(new TCPServer(LOOPBACK, UpperHandler))
    await using running = await serving(new UDPServer(LOOPBACK, Handler))
    await using client = await openDatagram()
    for (const name of ['first', 'second']) await client.sendTo(name, running.server.serverAddress)
    await expect
      .poll(() => steps, WAIT)
      .toEqual(['first starts', 'first completes', 'second starts', 'second completes'])
  })

  test('"a synchronous class will essentially render the service \'deaf\' while one request is being handled"', async () => {
    await using running = await serving(new TCPServer(LOOPBACK, DataHandler))
    await using slow = await slowClient(running.server.serverAddress)
    const other = await otherClient(running.server.serverAddress)
    expect(other.waits).toBe(true)
    expect(await slow.receive()).toBe(MUCH.length)
    expect(await other.reply).toBe('little')
  })

  test('AsyncMixIn, which Python has not, hears others while a client is slow', async () => {
    await using running = await serving(new AsyncTCPServer(LOOPBACK, DataHandler))
    await using slow = await slowClient(running.server.serverAddress)
    expect(await exchange(running.server.serverAddress, 'little\n')).toBe('little')
    expect(await slow.receive()).toBe(MUCH.length)
  })
})

describe('"Creating a server requires several steps"', () => {
  // "First, you must create a request handler class by subclassing the BaseRequestHandler class
  // and overriding its handle() method; this method will process incoming requests."
  class Handler extends BaseRequestHandler {
    override async handle() {
      await this.request.send(`hello ${String(await this.request.recv(16))}`)
    }
  }

  // "Second, you must instantiate one of the server classes, passing it the server's address and the request handler class."
  const create = () => new TCPServer(LOOPBACK, Handler)

  test('"Finally, call the handle_request() [...] method of the server object to process one [...] request"', async () => {
    await using server = create()
    await server.listen()
    const handled = server.handleRequest()
    const first = exchange(server.serverAddress, 'first')
    await handled
    expect(await first).toBe('hello first')

    const { reply, waits } = await otherClient(server.serverAddress)
    expect(waits).toBe(true)
    await server.handleRequest()
    expect(await reply).toBe('hello little\n')
  })

  test('"[...] or serve_forever() [...] to process [...] many requests"', async () => {
    await using running = await serving(create())
    for (const name of ['first', 'second', 'third']) {
      expect(await exchange(running.server.serverAddress, name)).toBe(`hello ${name}`)
    }
  })

  test('"Port 0 means to select an arbitrary unused port"', async () => {
    await using first = create()
    await using second = create()
    await Promise.all([first.listen(), second.listen()])
    expect(first.serverAddress.port).toBeGreaterThan(0)
    expect(second.serverAddress.port).toBeGreaterThan(0)
    expect(first.serverAddress.port).not.toBe(second.serverAddress.port)
  })

  test('"this will keep running until you interrupt the program with Ctrl-C"', async () => {
    const program = `
      import { BaseRequestHandler, TCPServer } from 'socketserver-ts'
      const server = new TCPServer({ host: 'localhost', port: 0 }, BaseRequestHandler)
      await server.listen()
      console.log(server.serverAddress.port)
      await server.serveForever()
    `
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const exited = once(child, 'exit')
    const [port] = (await once(child.stdout, 'data')) as [Buffer]
    for (let count = 0; count < 3; count++) {
      expect(await exchange({ host: '127.0.0.1', port: Number(port) }, 'still here?')).toBe('')
    }
    child.kill('SIGINT')
    expect(await exited).toEqual([null, 'SIGINT'])
  })
})

describe('"There are five classes in an inheritance diagram"', () => {
  test.each([
    [TCPServer, BaseServer],
    [UDPServer, TCPServer],
    [UnixStreamServer, TCPServer],
    [UnixDatagramServer, UDPServer],
  ])('$0.name derives from $1.name', (derived, base) => {
    expect(Object.getPrototypeOf(derived)).toBe(base)
  })

  test('"Server classes have the same external methods and attributes, no matter what network protocol they use"', () => {
    const tcp = new TCPServer(LOOPBACK, UpperHandler)
    const udp = new UDPServer(LOOPBACK, DatagramRequestHandler)
    const methods = ['listen', 'serveForever', 'handleRequest', 'shutdown', 'serverClose'] as const
    for (const method of methods)
      expect([typeof tcp[method], typeof udp[method]]).toEqual(['function', 'function'])
    const attributes = (server: object) => Object.keys(server).filter((name) => name !== 'maxPacketSize')
    expect(attributes(udp)).toEqual(attributes(tcp))
    expect(attributes(tcp)).toEqual(
      expect.arrayContaining(['serverAddress', 'RequestHandlerClass', 'timeout']),
    )
  })

  test('"The mix-in class must come first, since it overrides a method defined in UDPServer"', async () => {
    const processed: string[] = []
    class Own extends UDPServer {
      override async processRequest(...request: Parameters<UDPServer['processRequest']>) {
        processed.push('own')
        await super.processRequest(...request)
      }
    }
    // What stands first in Python's list of bases is the outermost call here.
    class MixInFirst extends AsyncMixIn(Own) {}
    class MixInLast extends AsyncMixIn(UDPServer) {
      override async processRequest(...request: Parameters<UDPServer['processRequest']>) {
        processed.push('own')
        await this.finishRequest(...request)
      }
    }
    const names = ['first', 'second']
    const served = async (server: Parameters<typeof serving>[0] & Pick<UDPServer, 'serverAddress'>) => {
      processed.length = 0
      await using running = await serving(server)
      await using client = await openDatagram()
      for (const name of names) await client.sendTo(name, running.server.serverAddress)
      for (const name of names) expect(String((await client.recvFrom())[0])).toBe(name)
      return processed
    }
    class Handler extends BaseRequestHandler<DatagramRequest> {
      override async handle() {
        processed.push('starts')
        await exchange(other.server.serverAddress, 'takes a while\n')
        const [data, socket] = this.request
        await socket.sendTo(data, this.clientAddress)
        processed.push('completes')
      }
    }
    await using other = await serving(new TCPServer(LOOPBACK, UpperHandler))
    expect(await served(new MixInFirst(LOOPBACK, Handler))).toEqual([
      'starts',
      'starts',
      'completes',
      'completes',
    ])
    expect(await served(new MixInLast(LOOPBACK, Handler))).toEqual([
      'own',
      'starts',
      'completes',
      'own',
      'starts',
      'completes',
    ])
  })
})

test('shutdown() "Tells the serve_forever() loop to stop and waits until it does"', async () => {
  const order: string[] = []
  const held = gate()
  class Handler extends BaseRequestHandler {
    override async handle() {
      await this.request.send('begun')
      await held.opened
      order.push('request is over')
    }
  }
  await using server = new TCPServer(LOOPBACK, Handler)
  await server.listen()
  const loop = server.serveForever().then(() => order.push('loop has stopped'))
  const client = await plainClient(server.serverAddress)
  await once(client, 'data')
  const stopped = server.shutdown().then(() => order.push('shutdown resolves'))
  const { reply, waits } = await otherClient(server.serverAddress)
  expect([waits, order]).toEqual([true, []])
  held.open()
  await Promise.all([loop, stopped])
  expect(order).toEqual(['request is over', 'loop has stopped', 'shutdown resolves'])
  client.destroy()

  // Who has come after that waits for a loop that is started again.
  await server.handleRequest()
  expect(await reply).toBe('begun')
})
