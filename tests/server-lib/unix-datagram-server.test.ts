import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setImmediate } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  AsyncUnixDatagramServer,
  BaseRequestHandler,
  type DatagramRequest,
  DatagramRequestHandler,
  openDatagram,
  UDPServer,
  type UnixAddress,
  UnixDatagramServer,
  UnixStreamServer,
} from 'socketserver-ts'
import { gate, LOOPBACK, serving } from './support.ts'
import {
  type AnyAddress,
  ask,
  paths,
  sleepyReceiver,
  UpperHandler,
  LIBRARY,
} from './unix-datagram-support.ts'

class LinesHandler extends DatagramRequestHandler<AnyAddress> {
  override async handle() {
    for await (const line of this.rfile) await this.wfile.write(`${line.toString().trim()};`)
  }
}

const isLinux = process.platform === 'linux'

afterEach(() => {
  vi.restoreAllMocks()
})

test('UnixDatagramServer derives from UDPServer and not from UnixStreamServer, with the defaults of CPython', () => {
  const server = new UnixDatagramServer('/tmp/never-bound', UpperHandler)
  expect(server).toBeInstanceOf(UDPServer)
  expect(server).not.toBeInstanceOf(UnixStreamServer)
  expect(server).toMatchObject({ addressFamily: 'AF_UNIX', socketType: 'SOCK_DGRAM', maxPacketSize: 8192 })
})

test('new UnixDatagramServer() checks its address at once', () => {
  expect(() => new UnixDatagramServer(LOOPBACK as never, UpperHandler)).toThrow(TypeError)
  expect(() => new UnixDatagramServer('/'.padEnd(110, 'x'), UpperHandler)).toThrow(RangeError)
})

describe('the same handler serves UDP and Unix datagrams:', () => {
  test.each([
    ['BaseRequestHandler', UpperHandler, 'one\ntwo', 'ONE\nTWO'],
    ['DatagramRequestHandler', LinesHandler, 'one\ntwo', 'one;two;'],
  ])('%s', async (_, Handler, question, reply) => {
    await using folder = await paths()
    await using unix = await serving(new UnixDatagramServer(folder.server, Handler))
    await using unixClient = await openDatagram(folder.client)
    expect(await ask(unixClient, question, unix.server.serverAddress)).toBe(reply)
    await using udp = await serving(new UDPServer(LOOPBACK, Handler))
    await using udpClient = await openDatagram(LOOPBACK)
    expect(await ask(udpClient, question, udp.server.serverAddress)).toBe(reply)
  })
})

test('the reply comes from the path of the server, and clientAddress is that of the client', async () => {
  await using folder = await paths()
  const clients: UnixAddress[] = []
  class Handler extends BaseRequestHandler<DatagramRequest<UnixAddress>, UnixAddress> {
    override async handle() {
      clients.push(this.clientAddress)
      await this.request[1].sendTo('reply', this.clientAddress)
    }
  }
  await using running = await serving(new UnixDatagramServer(folder.server, Handler))
  expect(running.server.serverAddress).toBe(folder.server)
  await using client = await openDatagram(folder.client)
  expect(client.localAddress).toBe(folder.client)
  await client.sendTo('question', folder.server)
  expect(await client.recvFrom()).toEqual([Buffer.from('reply'), folder.server])
  expect(clients).toEqual([folder.client])
})

test('datagrams of 0 and of 100,000 bytes are whole, both ways', async () => {
  await using folder = await paths()
  class Handler extends BaseRequestHandler<DatagramRequest<UnixAddress>, UnixAddress> {
    override async handle() {
      await this.request[1].sendTo(this.request[0], this.clientAddress)
    }
  }
  const server = new UnixDatagramServer(folder.server, Handler)
  server.maxPacketSize = 100_000
  await using running = await serving(server)
  await using client = await openDatagram(folder.client)
  for (const sent of [Buffer.alloc(0), Buffer.alloc(100_000, 'abc')]) {
    expect(await client.sendTo(sent, running.server.serverAddress)).toBe(sent.length)
    expect((await client.recvFrom())[0].equals(sent)).toBe(true)
  }
})

test('a datagram longer than maxPacketSize is cut', async () => {
  await using folder = await paths()
  const server = new UnixDatagramServer(folder.server, UpperHandler)
  server.maxPacketSize = 4
  await using running = await serving(server)
  await using client = await openDatagram(folder.client)
  expect(await ask(client, 'abcdefgh', running.server.serverAddress)).toBe('ABCD')
})

test("the clientAddress of a client that is not bound is '', and a reply to it rejects with ERR_UNNAMED_PEER", async () => {
  await using folder = await paths()
  const failures: unknown[] = []
  class Server extends UnixDatagramServer {
    override handleError(...[, clientAddress, error]: Parameters<UnixDatagramServer['handleError']>) {
      failures.push([clientAddress, error])
    }
  }
  await using running = await serving(new Server(folder.server, UpperHandler))
  await using client = await openDatagram('')
  expect(client.localAddress).toBe('')
  await client.sendTo('anonymous', running.server.serverAddress)
  await expect.poll(() => failures).toHaveLength(1)
  expect(failures).toMatchObject([['', { code: 'ERR_UNNAMED_PEER' }]])
})

test.runIf(isLinux)('abstract names are served without a file, names with NUL bytes within too', async () => {
  const [serverName, clientName] = [`\0server-${process.pid}`, `\0client\0${process.pid}`]
  await using running = await serving(new UnixDatagramServer(serverName, UpperHandler))
  await using client = await openDatagram(clientName)
  await client.sendTo('abstract', running.server.serverAddress)
  expect(await client.recvFrom()).toEqual([Buffer.from('ABSTRACT'), serverName])
  await expect(openDatagram(clientName)).rejects.toMatchObject({ code: 'EADDRINUSE' })
})

test('more datagrams than one turn of the event loop takes are all served, in order', async () => {
  await using folder = await paths()
  const served: number[] = []
  class Handler extends BaseRequestHandler<DatagramRequest<UnixAddress>, UnixAddress> {
    override handle() {
      served.push(Number(this.request[0]))
    }
  }
  await using running = await serving(new UnixDatagramServer(folder.server, Handler))
  await using client = await openDatagram('')
  const numbers = Array.from({ length: 500 }, (_, index) => index)
  await Promise.all(numbers.map((number) => client.sendTo(String(number), running.server.serverAddress)))
  await expect.poll(() => served).toEqual(numbers)
})

test('datagrams wait in order, bounded by maxPending, the loss counted', async () => {
  await using folder = await paths()
  const held = gate()
  const begun: string[] = []
  class Handler extends BaseRequestHandler<DatagramRequest<UnixAddress>, UnixAddress> {
    override async handle() {
      begun.push(String(this.request[0]))
      await held.opened
    }
  }
  const server = new UnixDatagramServer(folder.server, Handler)
  server.maxPending = 3
  await using running = await serving(server)
  await using client = await openDatagram('')
  await client.sendTo('0', folder.server)
  await expect.poll(() => begun).toEqual(['0'])
  for (const name of ['1', '2', '3', '4', '5']) await client.sendTo(name, folder.server)
  await expect.poll(() => running.server.refusedRequests).toBe(2)
  held.open()
  await expect.poll(() => begun).toEqual(['0', '1', '2', '3'])
})

test('recvFrom() in a handler takes the next datagram, which is then no request', async () => {
  await using folder = await paths()
  let requests = 0
  class Handler extends BaseRequestHandler<DatagramRequest<UnixAddress>, UnixAddress> {
    override async handle() {
      requests++
      const [data, socket] = this.request
      const [next, source] = await socket.recvFrom(16)
      await socket.sendTo(`${String(data)}+${String(next)}`, source)
    }
  }
  await using running = await serving(new UnixDatagramServer(folder.server, Handler))
  await using client = await openDatagram(folder.client)
  await client.sendTo('one', running.server.serverAddress)
  expect(await ask(client, 'two', running.server.serverAddress)).toBe('one+two')
  expect(requests).toBe(1)
})

describe('sendTo() to a receiver whose queue is full', () => {
  const COUNT = 200

  test('waits, keeps the order, and does not hold up other receivers', async () => {
    await using folder = await paths()
    await using socket = await openDatagram('')
    const receiver = await sleepyReceiver(folder.client)
    const sends: Promise<void>[] = []
    let sent = 0
    const sendNext = async () => {
      await socket.sendTo(String(sends.length), folder.client)
      sent++
    }
    while (sends.length < COUNT) sends.push(sendNext())
    await using other = await openDatagram(join(folder.path, 'other'))
    await socket.sendTo('to another', other.localAddress)
    expect(String((await other.recvFrom())[0])).toBe('to another')
    expect(sent).toBeGreaterThan(0)
    expect(sent).toBeLessThan(COUNT)
    const output = text(receiver.stdout as NodeJS.ReadableStream)
    receiver.stdin?.end('\n')
    // The receiver makes room now, in which those that are sent later must not overtake those that wait.
    while (sent < COUNT) {
      sends.push(sendNext())
      await setImmediate()
    }
    await Promise.all(sends)
    await socket.sendTo('', folder.client)
    expect((await output).trim().split('\n')).toEqual(sends.map((_, index) => String(index)))
  })

  test('rejects after the timeout of the socket, and when the socket is closed', async () => {
    await using folder = await paths()
    const socket = await openDatagram('')
    const receiver = await sleepyReceiver(folder.client)
    socket.setTimeout(5)
    const filling = Array.from({ length: COUNT }, () => socket.sendTo('x', folder.client))
    const outcomes = await Promise.allSettled(filling)
    expect(outcomes.at(0)).toMatchObject({ status: 'fulfilled' })
    expect(outcomes.at(-1)).toMatchObject({ reason: { code: 'ERR_SOCKET_TIMEOUT' } })
    socket.setTimeout(null)
    const last = socket.sendTo('x', folder.client)
    await Promise.all([expect(last).rejects.toMatchObject({ code: 'ERR_SOCKET_CLOSED' }), socket.close()])
    receiver.kill()
    await once(receiver, 'exit')
  })

  test('rejects with the error of the system when the receiver goes', async () => {
    await using folder = await paths()
    await using socket = await openDatagram('')
    const receiver = await sleepyReceiver(folder.client)
    const sends = Promise.allSettled(Array.from({ length: COUNT }, () => socket.sendTo('x', folder.client)))
    receiver.kill('SIGKILL')
    await once(receiver, 'exit')
    expect((await sends).at(-1)).toMatchObject({ reason: { code: 'ECONNREFUSED', syscall: 'sendto' } })
  })
})

test('sendTo() throws at once for what is no address, and rejects with the error of the system', async () => {
  await using folder = await paths()
  await using socket = await openDatagram(folder.client)
  expect(() => socket.sendTo('x', 5 as never)).toThrow(TypeError)
  expect(() => socket.sendTo('x', '/'.padEnd(110, 'x'))).toThrow('Cannot send to Unix address')
  await expect(socket.sendTo('x', folder.server)).rejects.toMatchObject({
    code: 'ENOENT',
    errno: -2,
    syscall: 'sendto',
    address: folder.server,
    message: `sendto ENOENT: no such file or directory ${folder.server}`,
  })
  await expect(socket.sendTo(Buffer.alloc(1_000_000), folder.client)).rejects.toMatchObject({
    code: 'EMSGSIZE',
  })
})

test('recvFrom() rejects after its timeout and when the socket is closed, which removes the file', async () => {
  await using folder = await paths()
  const socket = await openDatagram(folder.client)
  socket.setTimeout(5)
  await expect(socket.recvFrom()).rejects.toMatchObject({ code: 'ERR_SOCKET_TIMEOUT' })
  socket.setTimeout(null)
  const received = socket.recvFrom()
  await Promise.all([
    expect(received).rejects.toMatchObject({ code: 'ERR_SOCKET_CLOSED' }),
    socket.close(),
    socket.close(),
  ])
  await expect(socket.sendTo('x', folder.client)).rejects.toMatchObject({ code: 'ERR_SOCKET_CLOSED' })
  expect(readdirSync(folder.path)).toEqual([])
})

test('a client that has gone before its reply is one line on standard error', async () => {
  await using folder = await paths()
  const print = vi.spyOn(console, 'error').mockImplementation(() => {})
  const held = gate()
  class Handler extends UpperHandler {
    override async handle() {
      await held.opened
      await super.handle()
    }
  }
  await using running = await serving(new UnixDatagramServer(folder.server, Handler))
  const client = await openDatagram(folder.client)
  await client.sendTo('x', running.server.serverAddress)
  await client.close()
  held.open()
  await expect.poll(() => print.mock.calls).toEqual([[`Client ${folder.client} disconnected: ENOENT`]])
})

test('AsyncUnixDatagramServer serves the next datagram while another one waits', async () => {
  await using folder = await paths()
  const held = gate()
  class Handler extends UpperHandler {
    override async handle() {
      if (String(this.request[0]) === 'slow') await held.opened
      await super.handle()
    }
  }
  await using running = await serving(new AsyncUnixDatagramServer(folder.server, Handler))
  await using client = await openDatagram(folder.client)
  await client.sendTo('slow', running.server.serverAddress)
  expect(await ask(client, 'quick', running.server.serverAddress)).toBe('QUICK')
  held.open()
  expect(String((await client.recvFrom())[0])).toBe('SLOW')
})

test('a server in a worker thread serves on the event loop of that thread', async () => {
  await using folder = await paths()
  const program = `
    const { parentPort } = require('node:worker_threads')
    import(${JSON.stringify(LIBRARY)}).then(async ({ BaseRequestHandler, UnixDatagramServer }) => {
      class Handler extends BaseRequestHandler {
        handle() {
          return this.request[1].sendTo('from a thread', this.clientAddress)
        }
      }
      const server = new UnixDatagramServer(${JSON.stringify(folder.server)}, Handler)
      await server.listen()
      parentPort.postMessage('listening')
      parentPort.once('message', () => server.serverClose())
      await server.serveForever()
    })`
  const worker = new Worker(program, { eval: true })
  await once(worker, 'message')
  await using client = await openDatagram(folder.client)
  expect(await ask(client, 'x', folder.server)).toBe('from a thread')
  worker.postMessage('close')
  expect(await once(worker, 'exit')).toEqual([0])
  expect(readdirSync(folder.path)).toEqual(['client'])
})

test('a server that is closed leaves nothing that keeps its process running', async () => {
  await using folder = await paths()
  const program = `
    import { BaseRequestHandler, UnixDatagramServer } from ${JSON.stringify(LIBRARY)}
    const server = new UnixDatagramServer(${JSON.stringify(folder.server)}, BaseRequestHandler)
    const loop = server.serveForever()
    await server.listen()
    await server.serverClose()
    await loop`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit' })
  expect(await once(child, 'exit')).toEqual([0, null])
})

test('without koffi listen() and openDatagram() refuse in words, and other servers are served', async () => {
  await using folder = await paths()
  const withoutKoffi = `export function resolve(specifier, context, next) {
    if (specifier !== 'koffi') return next(specifier, context)
    throw Object.assign(new Error('Cannot find package koffi'), { code: 'ERR_MODULE_NOT_FOUND' })
  }`
  const program = `
    import { register } from 'node:module'
    register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(withoutKoffi)}))
    const library = await import(${JSON.stringify(LIBRARY)})
    const { BaseRequestHandler, openDatagram, UnixDatagramServer, UnixStreamServer } = library
    const path = ${JSON.stringify(folder.server)}
    const say = (error) => console.log(error.code, error.message)
    await new UnixDatagramServer(path, BaseRequestHandler).listen().catch(say)
    await openDatagram('').catch(say)
    const server = new UnixStreamServer(path, BaseRequestHandler)
    await server.listen()
    await server.serverClose()`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program])
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)])
  const refusal = 'ERR_UNSUPPORTED Cannot use Unix datagrams without the package "koffi": install koffi\n'
  expect(errors).toBe('')
  expect(output).toBe(refusal.repeat(2))
})
