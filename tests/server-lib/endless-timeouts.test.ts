import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { BaseRequestHandler, connect, openDatagram, StreamRequestHandler, TCPServer } from 'socketserver-ts'
import { gate, LOOPBACK, serving } from './support.ts'

/** Longer than any timer of Node can wait: one that is set for it fires after 1 ms. */
const ENDLESS = [Infinity, 2 ** 31]

/** Resolves after whatever timer was set before it for 1 ms. */
const anyTimer = () => setTimeout(20, 'nothing')

class ReplyToLineHandler extends StreamRequestHandler {
  override async handle() {
    await this.wfile.write(await this.rfile.readline())
  }
}

test.each(ENDLESS)('setTimeout(%d) of a socket lets a read wait for ever', async (timeout) => {
  await using running = await serving(new TCPServer(LOOPBACK, ReplyToLineHandler))
  await using client = await connect(running.server.serverAddress)
  client.setTimeout(timeout)
  const received = client.recv(16)
  expect(await Promise.race([received, anyTimer()])).toBe('nothing')
  await client.send('line\n')
  expect(String(await received)).toBe('line\n')
})

test.each(ENDLESS)('setTimeout(%d) of a datagram socket lets recvFrom() wait for ever', async (timeout) => {
  await using socket = await openDatagram(LOOPBACK)
  socket.setTimeout(timeout)
  const received = socket.recvFrom()
  expect(await Promise.race([received, anyTimer()])).toBe('nothing')
  await socket.sendTo('data', socket.localAddress)
  expect(String((await received)[0])).toBe('data')
})

test.each(ENDLESS)('timeout %d of a server lets handleRequest() wait for ever', async (timeout) => {
  class Server extends TCPServer {
    override timeout = timeout
  }
  await using server = new Server(LOOPBACK, ReplyToLineHandler)
  await server.listen()
  const handled = server.handleRequest()
  expect(await Promise.race([handled, anyTimer()])).toBe('nothing')
  await using client = await connect(server.serverAddress)
  await client.send('line\n')
  expect(String(await client.recv(16))).toBe('line\n')
  await handled
})

test.each(ENDLESS)('firstByteTimeout and idleTimeout %d end no connection', async (timeout) => {
  class Server extends TCPServer {
    override firstByteTimeout = timeout
    override idleTimeout = timeout
  }
  await using running = await serving(new Server(LOOPBACK, ReplyToLineHandler))
  await using client = await connect(running.server.serverAddress)
  const received = client.recv(16)
  expect(await Promise.race([received, anyTimer()])).toBe('nothing')
  await client.send('line\n')
  expect(String(await received)).toBe('line\n')
})

test.each(ENDLESS)('serverClose({ timeout: %d }) waits for the request in progress', async (timeout) => {
  const begun = gate()
  const held = gate()
  class Handler extends BaseRequestHandler {
    override async handle() {
      begun.open()
      await held.opened
      await this.request.send('whole reply')
    }
  }
  await using running = await serving(new TCPServer(LOOPBACK, Handler))
  await using client = await connect(running.server.serverAddress)
  await begun.opened
  const closed = running.server.serverClose({ timeout })
  expect(await Promise.race([closed, anyTimer()])).toBe('nothing')
  held.open()
  expect(String(await client.recv(16))).toBe('whole reply')
  await client.close()
  await closed
})
