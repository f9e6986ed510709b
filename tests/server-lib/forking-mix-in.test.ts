import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, expectTypeOf, test, vi } from 'vitest'
import {
  ForkingMixIn,
  ForkingTCPServer,
  type InetAddress,
  type RequestHandlerClass,
  type StreamSocket,
  TCPServer,
} from 'socketserver-ts'
import {
  CountingHandler,
  CountingServer,
  EchoHandler,
  ExitingHandler,
  ExitingServer,
  HastyHandler,
  OpenServer,
  PidHandler,
  ReportingServer,
  ThrowingHandler,
  UpperDatagramHandler,
} from './fixtures/forking-handlers.mjs'
import { TypeScriptHandler } from './fixtures/forking-typescript.ts'
import { childrenOf, isRunning } from './process-support.ts'
import {
  exchange,
  LOOPBACK,
  plainClient,
  receiveAll,
  serving,
  temporaryFolder,
  UpperHandler,
} from './support.ts'

/** A client whose request is held by a child, with the child's process id. */
async function held(address: InetAddress) {
  const client = await plainClient(address)
  client.write('hold\n')
  const [reply] = (await once(client, 'data')) as [Buffer]
  return { client, pid: parseInt(reply.toString()) }
}

async function pidOf(address: InetAddress): Promise<number> {
  return parseInt(await exchange(address, 'who\n'))
}

describe('a request of a ForkingTCPServer', () => {
  test('is served by a process of its own, which ends with it', async () => {
    await using running = await serving(new ForkingTCPServer(LOOPBACK, PidHandler))
    const pids: number[] = []
    for (let count = 0; count < 4; count++) pids.push(await pidOf(running.server.serverAddress))
    expect(new Set([...pids, process.pid]).size).toBe(5)
    await expect.poll(() => pids.filter(isRunning)).toEqual([])
  })

  test('shares a process with those before it up to requestsPerChild', async () => {
    const server = new ForkingTCPServer(LOOPBACK, PidHandler)
    server.maxChildren = 1
    server.requestsPerChild = 3
    await using running = await serving(server)
    const pids: number[] = []
    for (let count = 0; count < 7; count++) pids.push(await pidOf(running.server.serverAddress))
    const [first = 0, second = 0, third = 0] = new Set(pids)
    expect(pids).toEqual([first, first, first, second, second, second, third])
    expect(isRunning(third)).toBe(true)
  })

  test('finds the state of the server as it is, and changes only its own copy', async () => {
    for (const requestsPerChild of [1, 10]) {
      const server = new CountingServer(LOOPBACK, CountingHandler)
      server.requestsPerChild = requestsPerChild
      await using running = await serving(server)
      const ask = async () => JSON.parse(await exchange(running.server.serverAddress, '')) as unknown
      expect(await ask()).toEqual({ seen: [1, 1, 1], text: 'text' })
      expect(await ask()).toEqual({ seen: [1, 1, 1], text: 'text' })
      server.count = 5
      new Int32Array(server.memory)[1] = 7
      expect(await ask()).toEqual({ seen: [6, 8, 8], text: 'text' })
      expect([server.count, new Int32Array(server.memory)[1]]).toEqual([5, 7])
    }
  })

  test('is served by the handler class that the server has now', async () => {
    const server = new ForkingTCPServer(LOOPBACK, PidHandler)
    await using running = await serving(server)
    expect(await exchange(server.serverAddress, 'x\n')).toMatch(/^\d+ x\n$/)
    running.server.RequestHandlerClass = EchoHandler
    expect(await exchange(server.serverAddress, 'x\n')).toBe('x\n')
  })

  test('may have a handler that is written in TypeScript', async () => {
    await using running = await serving(new ForkingTCPServer(LOOPBACK, TypeScriptHandler))
    expect(await exchange(running.server.serverAddress, 'you\n')).toMatch(/^hello you from \d+$/)
  })

  test('calls closeRequest() in the parent as soon as the child has it, and leaves the rest to the child', async () => {
    const calls: string[] = []
    const server = new ForkingTCPServer(LOOPBACK, PidHandler)
    server.closeRequest = () => void calls.push('closeRequest')
    server.finishRequest = () => void calls.push('finishRequest')
    server.shutdownRequest = () => void calls.push('shutdownRequest')
    await using running = await serving(server)
    const { client } = await held(running.server.serverAddress)
    expect(calls).toEqual(['closeRequest'])
    client.destroy()
  })

  test('carries large data both ways', async () => {
    await using running = await serving(new ForkingTCPServer(LOOPBACK, EchoHandler))
    const data = randomBytes(8 * 1024 * 1024).toString('latin1')
    expect((await exchange(running.server.serverAddress, data)) === data).toBe(true)
  })

  test('whose handler does not wait for its reply ends when that is sent', async () => {
    await using running = await serving(new ForkingTCPServer(LOOPBACK, HastyHandler))
    expect((await exchange(running.server.serverAddress, '')).length).toBe(64_000_000)
  })

  test('ends with its handler where an overridden shutdownRequest() leaves the connection open', async () => {
    const server = new OpenServer(LOOPBACK, EchoHandler)
    server.requestsPerChild = 2
    await using running = await serving(server)
    expect(await exchange(running.server.serverAddress, 'open')).toBe('open')
  })

  test('whose handler throws is reported in the child', async () => {
    await using running = await serving(new ReportingServer(LOOPBACK, ThrowingHandler))
    const [, pid, message] =
      /^(\d+) reports (.*)$/.exec(await exchange(running.server.serverAddress, '')) ?? []
    expect(message).toBe('boom')
    expect(Number(pid)).not.toBe(process.pid)
  })

  test('whose handler throws a SystemExit ends its child with that code', async () => {
    await using folder = await temporaryFolder()
    const server = new ExitingServer(LOOPBACK, ExitingHandler)
    server.file = join(folder.path, 'code')
    server.requestsPerChild = 5
    await using running = await serving(server)
    expect(await exchange(running.server.serverAddress, '')).toBe('bye')
    await expect.poll(() => readFileSync(server.file, { encoding: 'utf8', flag: 'a+' })).toBe('7')
    expect(await exchange(running.server.serverAddress, '')).toBe('bye')
  })
})

describe('maxChildren', () => {
  test('is how many children serve at once, while the next request waits', async () => {
    const server = new ForkingTCPServer(LOOPBACK, PidHandler)
    server.maxChildren = 2
    await using running = await serving(server)
    const { serverAddress } = running.server
    const first = await held(serverAddress)
    const second = await held(serverAddress)
    expect(server.activeChildren).toEqual(new Set([first.pid, second.pid]))
    const third = await plainClient(serverAddress)
    third.end('waits\n')
    let isReplied = false
    third.once('data', () => (isReplied = true))
    // What the second child replies shows that the parent had time to hand over the third request too.
    second.client.write('again\n')
    await once(second.client, 'data')
    expect(isReplied).toBe(false)
    expect(childrenOf().length).toBe(2)
    first.client.end()
    expect(await receiveAll(third)).toMatch(/waits/)
    second.client.end()
  })

  test('reached does not hold up shutdown(), and the request that waits is still served', async () => {
    const server = new ForkingTCPServer(LOOPBACK, PidHandler)
    server.maxChildren = 1
    let begun = 0
    server.verifyRequest = () => ++begun > 0
    const loop = server.serveForever()
    await server.listen()
    const { client } = await held(server.serverAddress)
    const waiting = exchange(server.serverAddress, 'waits\n')
    await expect.poll(() => begun).toBe(2)
    await server.shutdown()
    await loop
    const resumed = server.serveForever()
    client.end()
    expect(await waiting).toMatch(/waits/)
    await server.serverClose()
    await resumed
  })

  test('serves a hundred clients at once with a few children', async () => {
    const server = new ForkingTCPServer(LOOPBACK, PidHandler)
    server.requestQueueSize = 128
    server.maxChildren = 3
    server.requestsPerChild = 1000
    await using running = await serving(server)
    const { serverAddress } = running.server
    const names = Array.from({ length: 100 }, (_, index) => `client ${index}\n`)
    const replies = await Promise.all(names.map((name) => exchange(serverAddress, name)))
    expect(replies.map((reply) => reply.replace(/^\d+ /, ''))).toEqual(names)
    expect(new Set(replies.map((reply) => parseInt(reply))).size).toBeLessThanOrEqual(3)
  })

  test.each(['maxChildren', 'requestsPerChild'] as const)(
    '%s that is no count fails listen()',
    async (name) => {
      const server = new ForkingTCPServer(LOOPBACK, PidHandler)
      server[name] = 0
      await expect(server.listen()).rejects.toThrow(
        new RangeError(`Cannot serve with ${name} 0: a whole number, 1 or more, is required`),
      )
    },
  )
})

describe('collectChildren()', () => {
  test('is called by serviceActions(), handleTimeout() and serverClose(), and with blocking waits for every child', async () => {
    const server = new ForkingTCPServer(LOOPBACK, PidHandler)
    const calls: unknown[] = []
    const collectChildren = server.collectChildren.bind(server)
    server.collectChildren = (options) => {
      calls.push(options)
      return collectChildren(options)
    }
    server.timeout = 1
    await server.handleRequest()
    expect(calls).toEqual([undefined])
    const loop = server.serveForever({ pollInterval: 1 })
    await expect.poll(() => calls.length).toBeGreaterThan(1)
    const { client, pid } = await held(server.serverAddress)
    let isCollected = false
    const collected = server.collectChildren({ blocking: true }).then(() => (isCollected = true))
    client.write('still\n')
    await once(client, 'data')
    expect(isCollected).toBe(false)
    client.end()
    await collected
    expect(isRunning(pid)).toBe(false)
    await server.serverClose()
    await loop
    expect(calls.at(-1)).toEqual({ blocking: true })
  })
})

describe('serverClose() of a ForkingTCPServer', () => {
  test('waits for children that serve, and leaves none', async () => {
    const server = new ForkingTCPServer(LOOPBACK, PidHandler)
    server.requestsPerChild = 10
    const loop = server.serveForever()
    await server.listen()
    await pidOf(server.serverAddress)
    const { client } = await held(server.serverAddress)
    let isClosed = false
    const closed = server.serverClose().then(() => (isClosed = true))
    client.write('more\n')
    const [more] = (await once(client, 'data')) as [Buffer]
    expect(more.toString()).toMatch(/more/)
    expect(isClosed).toBe(false)
    client.end('last\n')
    expect(await receiveAll(client)).toMatch(/last/)
    await closed
    await loop
    expect(childrenOf()).toEqual([])
    expect(server.activeChildren).toBeNull()
  })

  test('ends children that serve after its timeout', async () => {
    const server = new ForkingTCPServer(LOOPBACK, PidHandler)
    const loop = server.serveForever()
    await server.listen()
    const { client } = await held(server.serverAddress)
    const ended = receiveAll(client)
    const reported = vi.spyOn(console, 'error')
    await server.serverClose({ timeout: 50 })
    await loop
    expect(childrenOf()).toEqual([])
    await ended
    expect(reported).not.toHaveBeenCalled()
  })

  test('does not wait for children that serve where blockOnClose is false', async () => {
    const server = new ForkingTCPServer(LOOPBACK, PidHandler)
    server.blockOnClose = false
    const loop = server.serveForever()
    await server.listen()
    const { client, pid } = await held(server.serverAddress)
    await server.serverClose()
    await loop
    expect(childrenOf()).toEqual([pid])
    client.end('late\n')
    expect(await receiveAll(client)).toMatch(/late/)
    await expect.poll(() => childrenOf()).toEqual([])
  })

  test('lets the server listen again', async () => {
    const server = new ForkingTCPServer(LOOPBACK, PidHandler)
    for (let round = 0; round < 2; round++) {
      await using running = await serving(server)
      expect(await pidOf(running.server.serverAddress)).toBeGreaterThan(0)
    }
  })
})

test('listen() of a server whose handler no child could import says so', async () => {
  class Local extends UpperHandler {
    // A module that does not export it, and is there at once.
    static moduleUrl = 'node:net'
  }
  await expect(new ForkingTCPServer(LOOPBACK, Local).listen()).rejects.toMatchObject({
    code: 'ERR_NOT_EXPORTED',
  })
  expect(childrenOf()).toEqual([])
})

test('the types of a forking server are those of its base, and its own', () => {
  class Mixed extends ForkingMixIn(TCPServer) {}
  expectTypeOf<Mixed['serverAddress']>().toEqualTypeOf<InetAddress>()
  expectTypeOf<Mixed['activeChildren']>().toEqualTypeOf<ReadonlySet<number> | null>()
  expectTypeOf<Mixed['RequestHandlerClass']>().toEqualTypeOf<RequestHandlerClass<StreamSocket, InetAddress>>()
  expect(new Mixed(LOOPBACK, PidHandler)).toMatchObject({
    maxChildren: 40,
    blockOnClose: true,
    requestsPerChild: 1,
    timeout: 300_000,
    activeChildren: null,
  })
  // @ts-expect-error a datagram handler with a stream server
  new Mixed(LOOPBACK, UpperDatagramHandler)
})
