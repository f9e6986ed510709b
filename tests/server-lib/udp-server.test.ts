import { once } from 'node:events'
import { createSocket, type Socket } from 'node:dgram'
import { expect, test } from 'vitest'
import {
  BaseRequestHandler,
  type DatagramRequest,
  DatagramRequestHandler,
  type InetAddress,
  openDatagram,
  TCPServer,
  UDPServer,
} from 'socketserver-ts'
import { gate, LOOPBACK, serving } from './support.ts'

class UpperHandler extends BaseRequestHandler<DatagramRequest> {
  override async handle() {
    const [data, socket] = this.request
    await socket.sendTo(data.toString().toUpperCase(), this.clientAddress)
  }
}

/** A plain socket of Node that sends to `address`. */
async function plainClient({ host, port }: InetAddress): Promise<Socket> {
  const socket = createSocket('udp4')
  socket.connect(port, host)
  await once(socket, 'connect')
  return socket
}

async function ask(client: Socket, question: string): Promise<string> {
  const reply = once(client, 'message')
  client.send(question)
  return String((await reply)[0])
}

test('UDPServer derives from TCPServer, with the defaults of CPython', () => {
  const server = new UDPServer(LOOPBACK, UpperHandler)
  expect(server).toBeInstanceOf(TCPServer)
  expect(server).toMatchObject({ socketType: 'SOCK_DGRAM', maxPacketSize: 8192, allowReuseAddress: false })
})

test('a request is the data and the socket of the server; the reply comes from the address of the server', async () => {
  await using running = await serving(new UDPServer(LOOPBACK, UpperHandler))
  const client = await plainClient(running.server.serverAddress)
  const reply = once(client, 'message')
  client.send('hello')
  const [data, source] = (await reply) as [Buffer, { port: number }]
  expect(String(data)).toBe('HELLO')
  expect(source.port).toBe(running.server.serverAddress.port)
  client.close()
})

test('an empty datagram is a request', async () => {
  class Handler extends BaseRequestHandler<DatagramRequest> {
    override async handle() {
      await this.request[1].sendTo(`${this.request[0].length} bytes`, this.clientAddress)
    }
  }
  await using running = await serving(new UDPServer(LOOPBACK, Handler))
  const client = await plainClient(running.server.serverAddress)
  expect(await ask(client, '')).toBe('0 bytes')
  client.close()
})

test('a datagram longer than maxPacketSize is cut', async () => {
  const server = new UDPServer(LOOPBACK, UpperHandler)
  server.maxPacketSize = 4
  await using running = await serving(server)
  const client = await plainClient(running.server.serverAddress)
  expect(await ask(client, 'abcdefgh')).toBe('ABCD')
  client.close()
})

test('datagrams are served one at a time in the order of arrival, bounded by maxPending, the loss counted', async () => {
  const held = gate()
  const begun: string[] = []
  class Handler extends BaseRequestHandler<DatagramRequest> {
    override async handle() {
      begun.push(String(this.request[0]))
      await held.opened
    }
  }
  const server = new UDPServer(LOOPBACK, Handler)
  server.maxPending = 3
  await using running = await serving(server)
  const client = await plainClient(running.server.serverAddress)
  client.send('0')
  await expect.poll(() => begun).toEqual(['0'])
  for (let index = 1; index <= 5; index++) {
    await new Promise((resolve) => {
      client.send(String(index), resolve)
    })
  }
  await expect.poll(() => running.server.refusedRequests).toBe(2)
  expect(begun).toEqual(['0'])
  held.open()
  await expect.poll(() => begun).toEqual(['0', '1', '2', '3'])
  client.close()
})

test('recvFrom() in a handler takes the next datagram, which is then no request', async () => {
  let requests = 0
  class Handler extends BaseRequestHandler<DatagramRequest> {
    override async handle() {
      requests++
      const [data, socket] = this.request
      const [next, source] = await socket.recvFrom(16)
      await socket.sendTo(`${String(data)}+${String(next)}`, source)
    }
  }
  await using running = await serving(new UDPServer(LOOPBACK, Handler))
  const client = await plainClient(running.server.serverAddress)
  client.send('one')
  expect(await ask(client, 'two')).toBe('one+two')
  expect(requests).toBe(1)
  client.close()
})

test('a handler that throws does not end the server', async () => {
  const errors: unknown[] = []
  class Handler extends UpperHandler {
    override async handle() {
      if (String(this.request[0]) === 'bad') throw new Error('boom')
      await super.handle()
    }
  }
  class Server extends UDPServer {
    override handleError(...[, , error]: Parameters<UDPServer['handleError']>) {
      errors.push(error)
    }
  }
  await using running = await serving(new Server(LOOPBACK, Handler))
  const client = await plainClient(running.server.serverAddress)
  client.send('bad')
  expect(await ask(client, 'good')).toBe('GOOD')
  expect(errors).toMatchObject([{ message: 'boom' }])
  client.close()
})

test('a port that is taken rejects, and serverClose() frees it', async () => {
  const first = new UDPServer(LOOPBACK, UpperHandler)
  await first.listen()
  await using second = new UDPServer(first.serverAddress, UpperHandler)
  await expect(second.listen()).rejects.toMatchObject({ code: 'EADDRINUSE' })
  await first.serverClose()
  await second.listen()
  expect(second.serverAddress).toEqual(first.serverAddress)
})

test('serverClose() lets the request in progress reply', async () => {
  const begun = gate()
  const held = gate()
  class Handler extends UpperHandler {
    override async handle() {
      begun.open()
      await held.opened
      await super.handle()
    }
  }
  const server = new UDPServer(LOOPBACK, Handler)
  const loop = server.serveForever()
  await server.listen()
  const client = await plainClient(server.serverAddress)
  const reply = ask(client, 'last')
  await begun.opened
  const closed = server.serverClose()
  held.open()
  expect(await reply).toBe('LAST')
  await closed
  await loop
  client.close()
})

test('IPv6 datagrams are served', async () => {
  await using running = await serving(new UDPServer({ host: '::1', port: 0 }, UpperHandler))
  await using client = await openDatagram({ host: '::1', port: 0 })
  await client.sendTo('six', running.server.serverAddress)
  const [data, source] = await client.recvFrom()
  expect(String(data)).toBe('SIX')
  expect(source).toEqual(running.server.serverAddress)
})

test('DatagramRequestHandler reads from rfile and sends all that wfile collected as one reply', async () => {
  class Handler extends DatagramRequestHandler {
    override async handle() {
      for await (const line of this.rfile) await this.wfile.write(`${line.toString().trim()};`)
    }
  }
  await using running = await serving(new UDPServer(LOOPBACK, Handler))
  const client = await plainClient(running.server.serverAddress)
  expect(await ask(client, 'one\ntwo\nthree')).toBe('one;two;three;')
  client.close()
})

test('DatagramRequestHandler sends nothing when nothing was written or after an error, unless replyAlways', async () => {
  class Handler extends DatagramRequestHandler {
    override async handle() {
      const question = String(await this.rfile.read())
      this.replyAlways = question.startsWith('always')
      if (question.endsWith('nothing')) return
      await this.wfile.write(question)
      if (question.endsWith('throws')) throw new Error('boom')
    }
  }
  class Server extends UDPServer {
    override handleError() {}
  }
  await using running = await serving(new Server(LOOPBACK, Handler))
  const client = await plainClient(running.server.serverAddress)
  const replies: string[] = []
  client.on('message', (data) => replies.push(String(data)))
  const questions = ['nothing', 'throws', 'always nothing', 'always throws', 'last']
  for (const question of questions) client.send(question)
  await expect.poll(() => replies).toEqual(['', 'always throws', 'last'])
  client.close()
})
