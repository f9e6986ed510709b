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
