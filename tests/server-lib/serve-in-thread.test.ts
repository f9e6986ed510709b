import { describe, expect, test } from 'vitest'
import {
  BaseRequestHandler,
  serveInThread,
  TCPServer,
  ThreadingTCPServer,
  UDPServer,
  openDatagram,
} from 'socketserver-ts'
import {
  CommandHandler,
  ExitHandler,
  NameDatagramHandler,
  NameHandler,
  SharingServer,
} from './fixtures/threaded-handlers.ts'
import { exchange, LOOPBACK } from './support.ts'

const number = (name: string) => Number(/^Thread-(\d+)/.exec(name)?.[1])

describe('serveInThread()', () => {
  test('runs the loop in a thread, and its requests in the threads after it', async () => {
    await using server = new ThreadingTCPServer(LOOPBACK, NameHandler)
    const thread = await serveInThread(server)
    expect(server.serverAddress.port).toBeGreaterThan(0)
    for (const after of [1, 2]) {
      const reply = await exchange(server.serverAddress, 'who')
      expect(number(reply)).toBe(number(thread.name) + after)
    }
    await server.shutdown()
    await thread.join()
  })

  test('serves the requests of a synchronous server in the thread of the loop, UDP too', async () => {
    await using server = new TCPServer(LOOPBACK, NameHandler)
    const thread = await serveInThread(server)
    expect(await exchange(server.serverAddress, 'who')).toMatch(new RegExp(`^${thread.name} `))
    await using udp = new UDPServer(LOOPBACK, NameDatagramHandler)
    const udpThread = await serveInThread(udp)
    await using client = await openDatagram(LOOPBACK)
    await client.sendTo('who', udp.serverAddress)
    expect(String((await client.recvFrom())[0])).toBe(`${udpThread.name} who`)
  })

  test('takes the fields of the server along', async () => {
    await using server = new SharingServer(LOOPBACK, CommandHandler)
    server.label = 'set before'
    await serveInThread(server)
    expect(await exchange(server.serverAddress, 'label after\n')).toBe('set before')
    const reply = exchange(server.serverAddress, 'block 2\n')
    await expect.poll(() => Atomics.load(server.shared, 0)).toBe(1)
    Atomics.store(server.shared, 2, 1)
    Atomics.notify(server.shared, 2)
    expect(await reply).toBe('unblocked')
  })

  test('can be called again after shutdown(), at the same address, and elsewhere after serverClose()', async () => {
    const server = new ThreadingTCPServer(LOOPBACK, NameHandler)
    const first = await serveInThread(server)
    const { serverAddress } = server
    await server.shutdown()
    await first.join()
    const second = await serveInThread(server)
    expect(server.serverAddress).toEqual(serverAddress)
    expect(number(second.name)).toBeGreaterThan(number(first.name))
    expect(await exchange(serverAddress, 'who')).toMatch(/^Thread-/)
    await server.serverClose()
    await second.join()
    await expect(exchange(serverAddress, 'who')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await server.listen()
    const loop = server.serveForever()
    expect(await exchange(serverAddress, 'who')).toMatch(/^Thread-/)
    await Promise.all([server.serverClose(), loop])
  })

  test('ends when a handler shuts its server down from a thread of its own', async () => {
    await using server = new SharingServer(LOOPBACK, CommandHandler)
    const thread = await serveInThread(server)
    expect(await exchange(server.serverAddress, 'shutdown\n')).toBe('loop ended')
    await thread.join()
  })

  test('ends quietly with the SystemExit of a synchronous server', async () => {
    await using server = new TCPServer(LOOPBACK, ExitHandler)
    const thread = await serveInThread(server)
    await exchange(server.serverAddress, 'x')
    await thread.join()
  })

  test('refuses a server that serves or listens already', async () => {
    await using server = new ThreadingTCPServer(LOOPBACK, NameHandler)
    await serveInThread(server)
    await expect(serveInThread(server)).rejects.toMatchObject({ code: 'ERR_ALREADY_SERVING' })
    await expect(server.serveForever()).rejects.toMatchObject({ code: 'ERR_ALREADY_SERVING' })
    await using listening = new ThreadingTCPServer(LOOPBACK, NameHandler)
    await listening.listen()
    await expect(serveInThread(listening)).rejects.toMatchObject({ code: 'ERR_ALREADY_SERVING' })
  })

  test('rejects with what keeps the server from listening, and leaves it free', async () => {
    await using holder = new TCPServer(LOOPBACK, NameHandler)
    await holder.listen()
    await using server = new TCPServer(holder.serverAddress, NameHandler)
    await expect(serveInThread(server)).rejects.toMatchObject({ code: 'EADDRINUSE', syscall: 'listen' })
    await holder.serverClose()
    await serveInThread(server)
    class Hidden extends BaseRequestHandler {
      // A module that does not export it, and is there at once.
      static readonly moduleUrl = 'node:net'
    }
    await using hidden = new TCPServer(LOOPBACK, Hidden)
    await expect(serveInThread(hidden)).rejects.toMatchObject({ code: 'ERR_NOT_EXPORTED' })
    await expect(serveInThread('a server' as never)).rejects.toThrow(TypeError)
  })
})
