import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createConnection } from 'node:net'
import { describe, expect, test, vi } from 'vitest'
import {
  AsyncTCPServer,
  BaseRequestHandler,
  type DatagramRequest,
  ForkingTCPServer,
  type InetAddress,
  openDatagram,
  type StreamSocket,
  TCPServer,
  ThreadingTCPServer,
  UDPServer,
} from 'socketserver-ts'
import { exchange, LOOPBACK, serving, UpperHandler } from '../server-lib/support.ts'

// Programs, threads and processes start as fast as the machine lets them.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })
const WAIT = { timeout: 10_000 }

/** Collects the datagrams, each for itself, in the server. */
class CollectingUDPServer extends UDPServer {
  datagrams: string[] = []
}
class CollectingUDPHandler extends BaseRequestHandler<DatagramRequest, InetAddress, CollectingUDPServer> {
  override handle() {
    this.server.datagrams.push(this.request[0].toString())
  }
}

describe('"Setting the various member variables also changes the behavior of the underlying server mechanism"', () => {
  test('addressFamily', async () => {
    class Server extends TCPServer {
      override addressFamily = 'AF_INET6' as const
    }
    await using running = await serving(new Server({ host: '', port: 0 }, UpperHandler))
    const { host, port } = running.server.serverAddress
    expect(host).toBe('::')
    expect(await exchange({ host: '::1', port }, 'six\n')).toBe('SIX\n')
  })

  test('maxPacketSize', async () => {
    class Server extends CollectingUDPServer {
      override maxPacketSize = 5
    }
    await using running = await serving(new Server(LOOPBACK, CollectingUDPHandler))
    await using client = await openDatagram()
    await client.sendTo('123456789', running.server.serverAddress)
    await expect.poll(() => running.server.datagrams, WAIT).toEqual(['12345'])
  })

  test('timeout', async () => {
    let timeouts = 0
    class Server extends TCPServer {
      override timeout = 1
      override handleTimeout() {
        timeouts++
      }
    }
    await using server = new Server(LOOPBACK, UpperHandler)
    await server.handleRequest()
    expect(timeouts).toBe(1)
  })

  test.runIf(process.platform === 'linux')('requestQueueSize', async () => {
    const program = `
      import { BaseRequestHandler, TCPServer } from 'socketserver-ts'
      for (const size of [1, 9]) {
        const server = new TCPServer({ host: '127.0.0.1', port: 0 }, BaseRequestHandler)
        server.requestQueueSize = size
        await server.listen()
        console.log(server.serverAddress.port)
      }
    `
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let printed = ''
    child.stdout.on('data', (data: Buffer) => (printed += data.toString()))
    await expect.poll(() => printed, WAIT).toMatch(/^\d+\n\d+\n$/)
    // A program that stands still accepts nobody, so that the system holds whoever finds room.
    child.kill('SIGSTOP')
    const ports = printed.trim().split('\n').map(Number)
    const held: number[] = []
    const clients = ports.flatMap((port) =>
      Array.from({ length: 10 }, () =>
        createConnection(port, '127.0.0.1')
          .on('connect', () => held.push(port))
          .on('error', () => {}),
      ),
    )
    // Linux holds one more than the backlog says.
    await expect
      .poll(() => ports.map((port) => held.filter((other) => other === port).length), WAIT)
      .toEqual([2, 10])
    for (const client of clients) client.destroy()
    child.kill('SIGKILL')
    await once(child, 'exit')
  })
})

test.each([
  { Server: TCPServer },
  { Server: AsyncTCPServer },
  { Server: ThreadingTCPServer },
  { Server: ForkingTCPServer },
])(
  '"You can then run various versions of the service by combining one of the server classes with your request handler class": $Server.name',
  async ({ Server }) => {
    await using running = await serving(new Server(LOOPBACK, UpperHandler))
    expect(await exchange(running.server.serverAddress, 'the same\nservice\n')).toBe('THE SAME\nSERVICE\n')
  },
)

test('"there are various server methods that can be overridden by subclasses of base server classes like TCPServer"', async () => {
  const calls: string[] = []
  class Server extends TCPServer {
    override async serverBind() {
      calls.push('serverBind')
      await super.serverBind()
    }
    override async serverActivate() {
      calls.push('serverActivate')
      await super.serverActivate()
    }
    override getRequest() {
      calls.push('getRequest')
      return super.getRequest()
    }
    override verifyRequest(_request: StreamSocket, { host }: InetAddress) {
      calls.push('verifyRequest')
      return host === '127.0.0.1'
    }
    override async processRequest(...request: Parameters<TCPServer['processRequest']>) {
      calls.push('processRequest')
      await super.processRequest(...request)
    }
    override async finishRequest(...request: Parameters<TCPServer['finishRequest']>) {
      calls.push('finishRequest')
      await super.finishRequest(...request)
    }
    override async shutdownRequest(request: StreamSocket) {
      calls.push('shutdownRequest')
      await super.shutdownRequest(request)
    }
    override async closeRequest(request: StreamSocket) {
      calls.push('closeRequest')
      await super.closeRequest(request)
    }
  }
  await using running = await serving(new Server(LOOPBACK, UpperHandler))
  expect(await exchange(running.server.serverAddress, 'served\n')).toBe('SERVED\n')
  await running.server.shutdown()
  expect(calls).toEqual([
    'serverBind',
    'serverActivate',
    'getRequest',
    'verifyRequest',
    'processRequest',
    'finishRequest',
    'shutdownRequest',
    'closeRequest',
  ])
})
