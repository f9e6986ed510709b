import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openDatagram, ThreadingUDPServer } from 'socketserver-ts'
import { NameDatagramHandler, SocketDatagramHandler } from './fixtures/threaded-handlers.ts'
import { LOOPBACK, serving } from './support.ts'

test('ThreadingUDPServer serves each datagram in a thread, an empty one too, and replies through the server', async () => {
  await using running = await serving(new ThreadingUDPServer(LOOPBACK, NameDatagramHandler))
  const { serverAddress } = running.server
  await using client = await openDatagram(LOOPBACK)
  const texts = ['one', '', 'three']
  for (const text of texts) await client.sendTo(text, serverAddress)
  const replies: string[] = []
  for (const _text of texts) {
    const [reply, source] = await client.recvFrom()
    expect(source).toEqual(serverAddress)
    replies.push(String(reply))
  }
  expect(replies.map((reply) => reply.replace(/^Thread-\d+ /, '')).sort()).toEqual([...texts].sort())
  expect(new Set(replies.map((reply) => reply.split(' ')[0])).size).toBe(texts.length)
})

test('the socket of a datagram handler in a thread sends, and says what it cannot do', async () => {
  await using running = await serving(new ThreadingUDPServer(LOOPBACK, SocketDatagramHandler))
  const { serverAddress } = running.server
  await using client = await openDatagram(LOOPBACK)
  await client.sendTo('says', serverAddress)
  const [reply] = await client.recvFrom()
  expect(String(reply)).toBe(`says ERR_UNSUPPORTED EMSGSIZE ${serverAddress.port}`)
})

test('serverClose() of a ThreadingUDPServer lets a thread in progress send its reply', async () => {
  const server = new ThreadingUDPServer(LOOPBACK, NameDatagramHandler)
  await server.listen()
  const served = server.handleRequest()
  await using client = await openDatagram(LOOPBACK)
  await client.sendTo('last', server.serverAddress)
  // The request is with a thread that has only begun to start.
  await served
  await server.serverClose()
  expect(String((await client.recvFrom())[0])).toMatch(/^Thread-\d+ last$/)
})

test.each(['127.0.0.1', '::1'])(
  'a thread replies to clients of %s, once it sends by itself too',
  async (host) => {
    const server = new ThreadingUDPServer({ host: '::', port: 0 }, NameDatagramHandler)
    server.addressFamily = 'AF_INET6'
    server.maxThreads = 1
    await using running = await serving(server)
    const { port } = running.server.serverAddress
    await using client = await openDatagram({ host, port: 0 })
    client.setTimeout(5000)
    for (let index = 0; index < 300; index++) {
      await client.sendTo(`datagram ${index}`, { host, port })
      expect(String((await client.recvFrom())[0])).toMatch(new RegExp(` datagram ${index}$`))
    }
  },
)

test('serverClose() while threads send leaves no descriptor open, and frees the address', async () => {
  const descriptors = () => readdirSync('/dev/fd').length
  const before: number[] = []
  for (let round = 0; round < 8; round++) {
    const server = new ThreadingUDPServer(LOOPBACK, NameDatagramHandler)
    server.daemonThreads = true
    server.maxThreads = 2
    const running = await serving(server)
    const { serverAddress } = server
    await using client = await openDatagram(LOOPBACK)
    for (let index = 0; index < 100; index++) {
      await client.sendTo(`datagram ${index}`, serverAddress)
      await client.recvFrom()
    }
    for (let index = 0; index < 50; index++) await client.sendTo('under way', serverAddress)
    await running[Symbol.asyncDispose]()
    await using again = await openDatagram(serverAddress)
    expect(again.localAddress).toEqual(serverAddress)
    before.push(descriptors())
  }
  // The first round loads what stays; threads that end take their descriptors along a moment later.
  await expect.poll(descriptors, { timeout: 10_000 }).toBeLessThanOrEqual(before[0] ?? 0)
}, 60_000)
