import { expect, test, vi } from 'vitest'
import { ForkingUDPServer, openDatagram } from 'socketserver-ts'
import { RefusedDatagramHandler, UpperDatagramHandler } from './fixtures/forking-handlers.mjs'
import { childrenOf } from './process-support.ts'
import { LOOPBACK, serving } from './support.ts'

test('a ForkingUDPServer replies from a child process for each datagram', async () => {
  await using running = await serving(new ForkingUDPServer(LOOPBACK, UpperDatagramHandler))
  await using client = await openDatagram(LOOPBACK)
  const pids: number[] = []
  for (const text of ['one', 'two', '']) {
    await client.sendTo(text, running.server.serverAddress)
    const [reply, source] = await client.recvFrom()
    expect(source).toEqual(running.server.serverAddress)
    expect(reply.toString()).toMatch(new RegExp(`^\\d+ ${text.toUpperCase()}$`))
    pids.push(parseInt(reply.toString()))
  }
  expect(new Set([...pids, process.pid]).size).toBe(4)
})

test('a ForkingUDPServer with children that are reused serves many datagrams and leaves none of them behind', async () => {
  const server = new ForkingUDPServer(LOOPBACK, UpperDatagramHandler)
  server.requestsPerChild = 1000
  server.maxChildren = 2
  {
    await using running = await serving(server)
    await using client = await openDatagram(LOOPBACK)
    const texts = Array.from({ length: 100 }, (_, index) => `text ${index}`)
    for (const text of texts) await client.sendTo(text, running.server.serverAddress)
    const replies: string[] = []
    for (let count = 0; count < texts.length; count++) replies.push(String((await client.recvFrom())[0]))
    const expected = texts.map((text) => text.toUpperCase())
    expect(new Set(replies.map((reply) => reply.replace(/^\d+ /, '')))).toEqual(new Set(expected))
  }
  await vi.waitFor(() => expect(childrenOf()).toEqual([]))
})

test('a datagram handler in a child gets the errors of the server that sends for it, and cannot receive', async () => {
  await using running = await serving(new ForkingUDPServer(LOOPBACK, RefusedDatagramHandler))
  await using client = await openDatagram(LOOPBACK)
  await client.sendTo('codes', running.server.serverAddress)
  const [reply] = await client.recvFrom()
  expect(reply.toString()).toBe(
    `codes ERR_UNSUPPORTED,EMSGSIZE,RangeError ${running.server.serverAddress.port}`,
  )
})
