import { once } from 'node:events'
import type { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, expectTypeOf, test, vi } from 'vitest'
import {
  BaseRequestHandler,
  type InetAddress,
  StreamRequestHandler,
  TCPServer,
  ThreadingMixIn,
  ThreadingTCPServer,
} from 'socketserver-ts'
import {
  AddingHandler,
  CommandHandler,
  NameHandler,
  ReportingServer,
  SharingServer,
} from './fixtures/threaded-handlers.ts'
import { exchange, LOOPBACK, plainClient, receiveAll, serving, UpperHandler } from './support.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

/** What this thread and the others print from now on. */
function printed(): () => string {
  let text = ''
  const add = (chunk: unknown) => {
    text += String(chunk)
    return true
  }
  vi.spyOn(process.stdout, 'write').mockImplementation(add)
  vi.spyOn(process.stderr, 'write').mockImplementation(add)
  // The test runner takes what this thread prints before it is written.
  vi.spyOn(console, 'error').mockImplementation(add)
  return () => text
}

function sharingServer(maxThreads = 8): SharingServer {
  const server = new SharingServer(LOOPBACK, CommandHandler)
  server.maxThreads = maxThreads
  return server
}

/** Wakes the handlers that wait at `shared[index]`. */
function unblock({ shared }: SharingServer, index: number): void {
  Atomics.store(shared, index, 1)
  Atomics.notify(shared, index)
}

/** Starts `count` requests that block their threads until `shared[index]` is 1. */
async function blocked(server: SharingServer, index: number, count = 1): Promise<Promise<string>[]> {
  const before = Atomics.load(server.shared, 0)
  const replies = Array.from({ length: count }, () => exchange(server.serverAddress, `block ${index}\n`))
  await expect.poll(() => Atomics.load(server.shared, 0), { timeout: 10_000 }).toBe(before + count)
  return replies
}

describe('memory', () => {
  test('of threads that add to a shared number without a lock loses some, with the lock none', async () => {
    const server = new SharingServer(LOOPBACK, AddingHandler)
    await using running = await serving(server)
    const add = async (how: string, times: number) => {
      server.shared.fill(0)
      const order = `${how} 3 ${times}\n`
      await Promise.all([1, 2, 3].map(() => exchange(running.server.serverAddress, order)))
      return Atomics.load(server.shared, 0)
    }
    // A busy machine may run one thread after the other, which then lose nothing.
    await expect.poll(() => add('unlocked', 1_000_000), { timeout: 30_000 }).toBeLessThan(3_000_000)
    expect(await add('locked', 1_000_000)).toBe(3_000_000)
  }, 60_000)

  test('that is not shared is the copy of the request: what a handler changes in it stays in its thread', async () => {
    const server = sharingServer(1)
    await using running = await serving(server)
    const { serverAddress } = running.server
    server.label = 'set before the request'
    expect(await exchange(serverAddress, 'label changed\n')).toBe('set before the request')
    expect(server.label).toBe('set before the request')
    server.label = 'set again'
    expect(await exchange(serverAddress, 'label changed\n')).toBe('set again')
    // It is the same, but the last request has changed the copy.
    expect(await exchange(serverAddress, 'label changed\n')).toBe('set again')
  })
})

describe('threads', () => {
  test('run in parallel: one replies while another one blocks', async () => {
    const server = sharingServer()
    await using running = await serving(server)
    const [slow] = await blocked(server, 2)
    expect(await exchange(running.server.serverAddress, 'quick\n')).toBe('quick')
    unblock(server, 2)
    expect(await slow).toBe('unblocked')
  })

  test('are at most maxThreads, the next request waits in line, and shutdown() does not', async () => {
    const server = sharingServer(2)
    await server.listen()
    const loop = server.serveForever()
    const slow = await blocked(server, 2, 2)
    const late = exchange(server.serverAddress, 'late\n')
    const hasReplied = vi.fn()
    void late.then(hasReplied)
    // In the time in which another server starts a thread, this one would have done so too.
    await using other = await serving(sharingServer(1))
    await exchange(other.server.serverAddress, 'clock\n')
    expect(hasReplied).not.toHaveBeenCalled()
    await server.shutdown()
    await loop
    unblock(server, 2)
    expect(await Promise.all(slow)).toEqual(['unblocked', 'unblocked'])
    expect(await late).toBe('late')
    await server.serverClose()
  })

  test('that are free serve the requests that wait with one that is not', async () => {
    const server = sharingServer(2)
    await using running = await serving(server)
    const [first] = await blocked(server, 2)
    const [second] = await blocked(server, 3)
    const late = ['one', 'two', 'three'].map((word) => exchange(running.server.serverAddress, `${word}\n`))
    unblock(server, 3)
    expect(await second).toBe('unblocked')
    expect(await Promise.all(late)).toEqual(['one', 'two', 'three'])
    unblock(server, 2)
    expect(await first).toBe('unblocked')
  })

  test('that end leave the requests that wait with them to others', async () => {
    const workers: Worker[] = []
    const onWorker = (worker: Worker) => workers.push(worker)
    process.on('worker', onWorker)
    const server = sharingServer(1)
    await using running = await serving(server)
    const [broken] = await blocked(server, 2)
    const late = ['one', 'two'].map((word) => exchange(running.server.serverAddress, `${word}\n`))
    await expect.poll(() => server.acceptedRequests).toBe(3)
    await Promise.all([workers[0]?.terminate(), broken?.catch(() => 'broken')])
    expect(await Promise.all(late)).toEqual(['one', 'two'])
    process.off('worker', onWorker)
  })

  test('refuse requests beyond maxPending with a reset', async () => {
    const server = sharingServer(1)
    server.maxPending = 1
    await using running = await serving(server)
    await blocked(server, 2).then(([slow]) => void slow)
    // One waits with the thread, one in line for it, and one is pending.
    const waiting = await Promise.all([1, 2, 3].map(() => plainClient(running.server.serverAddress)))
    await expect
      .poll(async () => {
        const client = await plainClient(running.server.serverAddress)
        const error = await once(client, 'close').catch((reason: unknown) => reason)
        return (error as NodeJS.ErrnoException).code
      })
      .toBe('ECONNRESET')
    expect(server.refusedRequests).toBeGreaterThan(0)
    unblock(server, 2)
    for (const client of waiting) client.destroy()
  })

  test.each([0, 1.5, -1])('cannot be %s', async (maxThreads) => {
    const server = sharingServer(maxThreads)
    await expect(server.listen()).rejects.toThrow(RangeError)
  })
})

describe('serverClose()', () => {
  test('waits for threads in progress and lets them reply', async () => {
    const server = sharingServer()
    await server.listen()
    const loop = server.serveForever()
    const [slow] = await blocked(server, 2)
    const closed = server.serverClose()
    const hasClosed = vi.fn()
    void closed.then(hasClosed)
    await loop
    expect(hasClosed).not.toHaveBeenCalled()
    unblock(server, 2)
    await closed
    expect(await slow).toBe('unblocked')
  })

  test('with a timeout aborts the signal of handlers, and ends those that do not heed it', async () => {
    const server = sharingServer()
    await server.listen()
    const loop = server.serveForever()
    const heeding = exchange(server.serverAddress, 'wait-for-abort\n')
    await expect.poll(() => Atomics.load(server.shared, 0), { timeout: 10_000 }).toBe(1)
    const stuck = await blocked(server, 2)
    const start = performance.now()
    await Promise.all([server.serverClose({ timeout: 50 }), loop])
    expect(performance.now() - start).toBeLessThan(2000)
    expect(Atomics.load(server.shared, 3)).toBe(1)
    expect(await heeding).toBe('aborted')
    expect(await Promise.all(stuck.map((reply) => reply.catch(() => '')))).toEqual([''])
  })

  test('does not wait for daemon threads, nor without blockOnClose', async () => {
    for (const [daemonThreads, blockOnClose] of [
      [true, true],
      [false, false],
    ] as const) {
      const server = sharingServer()
      server.daemonThreads = daemonThreads
      server.blockOnClose = blockOnClose
      await server.listen()
      const loop = server.serveForever()
      const [slow] = await blocked(server, 2)
      await Promise.all([server.serverClose(), loop])
      unblock(server, 2)
      expect(await slow).toBe('unblocked')
    }
  })

  test('ends idle threads at once, and the server can serve again', async () => {
    const server = sharingServer()
    for (let round = 0; round < 2; round++) {
      await server.listen()
      const loop = server.serveForever()
      expect(await exchange(server.serverAddress, 'again\n')).toBe('again')
      const start = performance.now()
      await Promise.all([server.serverClose(), loop])
      expect(performance.now() - start).toBeLessThan(500)
    }
  })

  test('and shutdown() may be awaited by a handler in a thread', async () => {
    const server = sharingServer()
    await server.listen()
    const loop = server.serveForever()
    expect(await exchange(server.serverAddress, 'shutdown\n')).toBe('loop ended')
    await loop
    const second = server.serveForever()
    expect(await exchange(server.serverAddress, 'close\n')).toBe('closed')
    await second
    await server.serverClose()
  })
})

describe('what goes wrong', () => {
  test('in a handler is reported by the server class in the thread, which then shuts the request down', async () => {
    const output = printed()
    await using running = await serving(new ReportingServer(LOOPBACK, CommandHandler))
    expect(await exchange(running.server.serverAddress, 'throw boom\n')).toBe('')
    await expect.poll(output).toMatch(/^Thread-(\d+) reports boom from 127\.0\.0\.1\nThread-\1 shuts down\n$/)
  })

  test('a SystemExit ends only the request, without a report', async () => {
    const output = printed()
    await using running = await serving(sharingServer(1))
    expect(await exchange(running.server.serverAddress, 'exit-handler\n')).toBe('')
    expect(await exchange(running.server.serverAddress, 'next\n')).toBe('next')
    expect(output()).toBe('')
  })

  test.each([
    ['process.exit()', 'exit-thread\n', /Thread-\d+ ended with exit code 7/],
    ['an uncaught error', 'crash\n', /Error: crashed\n/],
  ])('%s in a handler ends its thread, which is reported and replaced', async (_name, order, report) => {
    const output = printed()
    await using running = await serving(sharingServer(1))
    const lost = await exchange(running.server.serverAddress, order).catch(() => '')
    expect(lost).toBe('')
    await expect.poll(output).toMatch(report)
    expect(output()).toMatch(/Exception occurred during processing of request from 127\.0\.0\.1/)
    expect(await exchange(running.server.serverAddress, 'next\n')).toBe('next')
  })

  test('an uncaught error after the request is reported too', async () => {
    const output = printed()
    await using running = await serving(sharingServer(1))
    expect(await exchange(running.server.serverAddress, 'crash-later\n')).toBe('done')
    await expect.poll(output).toContain('crashed later')
    expect(await exchange(running.server.serverAddress, 'next\n')).toBe('next')
  })

  test('a handler that is not exported fails listen()', async () => {
    class Hidden extends BaseRequestHandler {
      // A module that does not export it, and is there at once.
      static readonly moduleUrl = 'node:net'
    }
    const server = new ThreadingTCPServer(LOOPBACK, Hidden)
    await expect(server.listen()).rejects.toMatchObject({ code: 'ERR_NOT_EXPORTED' })
  })

  test('a handler whose module the thread cannot import is reported, and the request shut down', async () => {
    class Moved extends BaseRequestHandler {
      static readonly moduleUrl = new URL('./no-such-module.mjs', import.meta.url)
    }
    const errors: unknown[] = []
    const server = new ThreadingTCPServer(LOOPBACK, Moved)
    server.handleError = (_request, _clientAddress, error) => {
      errors.push(error)
    }
    await using running = await serving(server)
    const client = await plainClient(running.server.serverAddress)
    await receiveAll(client).catch(() => '')
    client.destroy()
    await expect.poll(() => errors).toMatchObject([{ code: 'ERR_MODULE_NOT_FOUND' }])
  })
})

test('what a thread prints comes out, before the server has closed', async () => {
  const output = printed()
  const server = sharingServer()
  await server.listen()
  const loop = server.serveForever()
  expect(await exchange(server.serverAddress, 'print 500\n')).toBe('printed')
  await Promise.all([server.serverClose(), loop])
  expect(output().match(/line \d+/g)).toEqual(Array.from({ length: 500 }, (_, index) => `line ${index + 1}`))
})

test('the handler class can be exchanged while serving', async () => {
  const server = new ThreadingTCPServer(LOOPBACK, NameHandler)
  await using running = await serving(server)
  expect(await exchange(running.server.serverAddress, 'x')).toMatch(/^Thread-/)
  server.RequestHandlerClass = UpperHandler
  expect(await exchange(running.server.serverAddress, 'up\n')).toBe('UP\n')
  server.RequestHandlerClass = NameHandler
  expect(await exchange(running.server.serverAddress, 'x')).toMatch(/^Thread-/)
})

test('the types of the mix-in are those of its base and its own members', () => {
  class Mixed extends ThreadingMixIn(TCPServer) {
    override daemonThreads = true
  }
  expectTypeOf<Mixed['serverAddress']>().toEqualTypeOf<InetAddress>()
  expectTypeOf<Mixed['maxThreads']>().toEqualTypeOf<number>()
  const mixed = new Mixed(LOOPBACK, UpperHandler)
  expect(mixed).toMatchObject({ daemonThreads: true, blockOnClose: true, maxThreads: 64 })
  class UnixHandler extends StreamRequestHandler<string> {}
  // @ts-expect-error a handler of Unix addresses with a TCP server
  new Mixed(LOOPBACK, UnixHandler)
})
