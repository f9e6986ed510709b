import { once } from 'node:events'
import { readdirSync, readlinkSync } from 'node:fs'
import { connect as connectPlain, type Socket } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { connect, type InetAddress, ThreadingTCPServer } from 'socketserver-ts'
import {
  CommandHandler,
  CountHandler,
  EchoHandler,
  HastyHandler,
  NameHandler,
  PeekingServer,
  PouringHandler,
  SharingServer,
} from './fixtures/threaded-handlers.ts'
import { PlainUpperHandler } from './fixtures/plain-handlers.mjs'
import { exchange, LOOPBACK, plainClient, receiveAll, serving } from './support.ts'

/** What must hold of a stream in a thread, whichever way its bytes get there. */
export function describeStreamsInThreads(way: string): void {
  afterEach(() => {
    vi.restoreAllMocks()
  })

  describe(`a stream in a thread, ${way}`, { timeout: 30_000 }, () => {
    test('is served by a thread with a name of its own for each request', async () => {
      await using running = await serving(new ThreadingTCPServer(LOOPBACK, NameHandler))
      const replies: string[] = []
      for (let index = 0; index < 3; index++)
        replies.push(await exchange(running.server.serverAddress, 'who'))
      const [names, ids] = [0, 1].map((part) => replies.map((reply) => reply.split(' ')[part]))
      const first = Number(names?.[0]?.replace('Thread-', ''))
      expect(names).toEqual([0, 1, 2].map((index) => `Thread-${first + index}`))
      expect(ids).not.toContain('0')
    })

    test('is served by a handler in plain JavaScript', async () => {
      await using running = await serving(new ThreadingTCPServer(LOOPBACK, PlainUpperHandler))
      expect(await exchange(running.server.serverAddress, 'one\ntwo\n')).toBe('ONE\nTWO\n')
    })

    test('carries 16 MiB each way at once, unchanged', async () => {
      await using running = await serving(new ThreadingTCPServer(LOOPBACK, EchoHandler))
      const sent = Buffer.alloc(16 * 1024 * 1024)
      for (let index = 0; index < sent.length; index += 4) sent.writeUInt32LE(index, index)
      await using client = await connect(running.server.serverAddress)
      const sending = client.sendAll(sent).then(() => client.shutdown('write'))
      const received = await client.makefile('r').read()
      await sending
      expect(received.equals(sent)).toBe(true)
    })

    test('gets its reply after the client has half-closed, and sees its own port', async () => {
      await using running = await serving(new ThreadingTCPServer(LOOPBACK, CountHandler))
      const { serverAddress } = running.server
      expect(await exchange(serverAddress, 'x'.repeat(300_000))).toBe(
        `300000 bytes at port ${serverAddress.port}`,
      )
    })

    test('keeps what was received before it was handed over', async () => {
      await using running = await serving(new PeekingServer(LOOPBACK, EchoHandler))
      expect(await exchange(running.server.serverAddress, 'headthe rest')).toBe('the rest')
      expect(running.server.peeked).toEqual(['head'])
    })

    test('holds a handler back to the pace of its client', async () => {
      const server = new SharingServer(LOOPBACK, PouringHandler)
      await using running = await serving(server)
      const client = await plainClient(running.server.serverAddress)
      let last = -1
      // Stopped when the count no longer moves, with all buffers between the two full.
      await expect
        .poll(
          () => {
            const before = last
            last = Atomics.load(server.shared, 0)
            return last > 0 && last === before
          },
          { interval: 300, timeout: 10_000 },
        )
        .toBe(true)
      expect(last * 64 * 1024).toBeLessThan(32 * 1024 * 1024)
      Atomics.store(server.shared, 1, 1)
      const received = await receiveAll(client)
      expect(received).toBe('x'.repeat(Atomics.load(server.shared, 0) * 64 * 1024))
      client.destroy()
    })

    test('delivers all that a handler has sent without waiting, before the server has closed', async () => {
      const server = new ThreadingTCPServer(LOOPBACK, HastyHandler)
      await server.listen()
      const loop = server.serveForever()
      const client = await plainClient(server.serverAddress)
      client.end('x')
      await once(client, 'readable')
      const hasClosed = vi.fn()
      const closed = server.serverClose().then(hasClosed)
      const received: Buffer[] = []
      for await (const chunk of client) {
        received.push(chunk as Buffer)
        if (received.length === 1) expect(hasClosed).not.toHaveBeenCalled()
      }
      await Promise.all([closed, loop])
      const all = Buffer.concat(received)
      expect(all.length).toBe(250 * 64 * 1024)
      for (let index = 0; index < 250; index++) expect(all[index * 64 * 1024 + 1]).toBe(index)
    })

    test('is not held open by a process that the handler has started', async () => {
      await using running = await serving(new SharingServer(LOOPBACK, CommandHandler))
      const pid = Number(await exchange(running.server.serverAddress, 'spawn 60\n'))
      const links = readdirSync(`/proc/${pid}/fd`).map((name) => readlinkSync(`/proc/${pid}/fd/${name}`))
      process.kill(pid)
      expect(links.filter((link) => link.startsWith('socket:'))).toEqual([])
    })

    describe('survives a client that resets', () => {
      const stages: Record<string, (address: InetAddress) => Promise<unknown>> = {
        'before it is handed over': async (address) => {
          const socket = connectPlain(address.port, address.host)
          socket.on('connect', () => socket.resetAndDestroy())
          await once(socket, 'close')
        },
        'while the handler reads': async (address) => {
          const socket = await plainClient(address)
          socket.write('some')
          await once(socket, 'data')
          socket.resetAndDestroy()
        },
        'while the handler writes': async (address) => {
          const socket = await plainClient(address)
          socket.pause()
          await pour(socket)
          socket.resetAndDestroy()
        },
      }

      test.each(Object.entries(stages))('%s', async (_stage, vanish) => {
        vi.spyOn(process.stderr, 'write').mockReturnValue(true)
        const server = new ThreadingTCPServer(LOOPBACK, EchoHandler)
        server.maxThreads = 1
        await using running = await serving(server)
        for (let count = 0; count < 5; count++) await vanish(running.server.serverAddress)
        // With one thread, one that is stuck would be seen.
        expect(await exchange(running.server.serverAddress, 'still here')).toBe('still here')
      })
    })

    test('leaves no descriptor open when it is over', async () => {
      const before = readdirSync('/proc/self/fd').length
      {
        const server = new ThreadingTCPServer(LOOPBACK, EchoHandler)
        server.requestQueueSize = 511
        server.maxThreads = 4
        await using running = await serving(server)
        await Promise.all(Array.from({ length: 40 }, () => exchange(running.server.serverAddress, 'echo')))
      }
      await expect.poll(() => readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(before)
    })
  })
}

/** Writes until nothing more is taken. */
async function pour(socket: Socket): Promise<void> {
  const data = Buffer.alloc(256 * 1024)
  for (let count = 0; count < 200; count++) {
    if (socket.write(data)) continue
    const taken = await Promise.race([
      once(socket, 'drain').then(() => true),
      new Promise<boolean>((resolve) => setTimeout(resolve, 200, false)),
    ])
    if (!taken) return
  }
}
