import { existsSync } from 'node:fs'
import { createConnection, type Socket } from 'node:net'
import { once } from 'node:events'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type InetAddress, type UnixAddress } from 'socketserver-ts'
import { contenders, freeAddress, servingContract } from './contract.ts'
import { StreamContractHandler } from './fixtures/contract-handlers.ts'
import { receiveAll } from './support.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

async function client(address: InetAddress | UnixAddress): Promise<Socket> {
  const socket = createConnection({
    ...(typeof address === 'string' ? { path: address } : address),
    allowHalfOpen: true,
  })
  await once(socket, 'connect')
  return socket
}

async function ask(address: InetAddress | UnixAddress, data: string | Uint8Array): Promise<string> {
  const socket = await client(address)
  const reply = receiveAll(socket)
  socket.end(data)
  return await reply
}

describe.each([...contenders('TCP'), ...contenders('UnixStream')])(
  '$name',
  { timeout: 60_000 },
  ({ kind, family, open }) => {
    const serving = () => servingContract(open(StreamContractHandler))

    test('serves the same handler: replies to lines, however they are split and merged', async () => {
      await using running = await serving()
      expect(await ask(running.address, 'upper one\nupper two\nupper three')).toBe('ONE\nTWO\nTHREE\n')
      const socket = await client(running.address)
      const reply = receiveAll(socket)
      for (const piece of ['up', 'per spl', 'it\nupper mer', 'ged\n']) {
        await new Promise((resolve) => socket.write(piece, resolve))
        await new Promise((resolve) => setImmediate(resolve))
      }
      socket.end()
      expect(await reply).toBe('SPLIT\nMERGED\n')
    })

    test('calls setup, handle and finish in this order', async () => {
      await using running = await serving()
      expect(await ask(running.address, 'calls\n')).toBe('setup handle asked finish\n')
    })

    test('sends and receives much at once, past a half-close', async () => {
      await using running = await serving()
      const size = 4 * 1024 * 1024
      const socket = await client(running.address)
      const reply = receiveAll(socket)
      socket.write(`count ${size}\n`)
      socket.write(Buffer.alloc(size, 'y'))
      socket.end(`repeat ${size}\n`)
      expect(await reply).toBe(`${size}\n${'x'.repeat(size)}`)
    })

    test('serves thirty clients at once, and mixes up none of them', async () => {
      await using running = await serving()
      const names = Array.from({ length: 30 }, (_, index) => `client ${index} ${'z'.repeat(index * 100 + 1)}`)
      const replies = await Promise.all(names.map((name) => ask(running.address, `upper ${name}\n`)))
      expect(replies).toEqual(names.map((name) => `${name.toUpperCase()}\n`))
    })

    test('serves requests where it says: in the loop, a thread, a process or a task', async () => {
      await using running = await serving()
      const [pid, thread] = (await ask(running.address, 'where\n')).trim().split(' ')
      expect(Number(pid) === process.pid).toBe(kind !== 'Forking')
      expect(thread).toMatch(kind === 'Threading' ? /^Thread-\d+$/ : /^MainThread$/)
    })

    test('takes a second client while the first one is served, if it is concurrent', async () => {
      await using running = await serving()
      const waiting = await client(running.address)
      waiting.write('wait\n')
      const second = ask(running.address, 'upper second\n')
      if (kind === '') {
        const order: string[] = []
        const both = [
          second.then(() => order.push('second')),
          receiveAll(waiting).then(() => order.push('first')),
        ]
        waiting.end()
        await Promise.all(both)
        expect(order).toEqual(['first', 'second'])
      } else {
        expect(await second).toBe('SECOND\n')
        waiting.end()
        await receiveAll(waiting)
      }
      waiting.destroy()
    })

    test('goes on after handlers that throw', async () => {
      vi.spyOn(console, 'error').mockImplementation(() => {})
      await using running = await serving()
      for (let round = 0; round < 3; round++) {
        expect(await ask(running.address, 'upper before\nthrow on purpose\n')).toBe('BEFORE\n')
      }
      expect(await ask(running.address, 'upper still here\n')).toBe('STILL HERE\n')
    })

    test('a SystemExit ends the request, and the loop only of a synchronous server', async () => {
      const server = open(StreamContractHandler)
      await server.listen()
      const ended = server.serveForever().then(
        () => 'stopped',
        (error: unknown) => (error as Error).name,
      )
      expect(await ask(server.serverAddress, 'upper before\nexit\n')).toBe('BEFORE\n')
      if (kind !== '') expect(await ask(server.serverAddress, 'upper after\n')).toBe('AFTER\n')
      await server.serverClose()
      expect(await ended).toBe(kind === '' ? 'SystemExit' : 'stopped')
    })

    test('goes on after clients that vanish at every stage', async () => {
      vi.spyOn(console, 'error').mockImplementation(() => {})
      await using running = await serving()
      const stages: ((socket: Socket) => unknown)[] = [
        () => {},
        (socket) => socket.write('upper half a li'),
        (socket) => socket.write('upper line\n'),
        (socket) => socket.write('repeat 8000000\n'),
      ]
      for (const stage of stages) {
        for (const end of ['destroy', 'resetAndDestroy'] as const) {
          const socket = await client(running.address)
          socket.on('error', () => {})
          stage(socket)
          await new Promise((resolve) => setImmediate(resolve))
          // A Unix socket knows no reset.
          if (end === 'resetAndDestroy' && family === 'inet') socket.resetAndDestroy()
          else socket.destroy()
        }
      }
      expect(await ask(running.address, 'upper still here\n')).toBe('STILL HERE\n')
    })

    test('shutdown() before serving and twice does nothing, and serving can begin again', async () => {
      const server = open(StreamContractHandler)
      await server.shutdown()
      await server.listen()
      for (let round = 0; round < 2; round++) {
        const loop = server.serveForever()
        expect(await ask(server.serverAddress, 'upper round\n')).toBe('ROUND\n')
        await Promise.all([server.shutdown(), server.shutdown()])
        await loop
      }
      await server.serverClose()
    })

    test('handleRequest() serves one request, and calls handleTimeout() without one', async () => {
      await using server = open(StreamContractHandler)
      let timeouts = 0
      server.handleTimeout = () => {
        timeouts++
      }
      server.timeout = 10
      await server.handleRequest()
      expect(timeouts).toBe(1)
      server.timeout = 10_000
      const reply = ask(server.serverAddress, 'upper one\n')
      await server.handleRequest()
      expect(await reply).toBe('ONE\n')
    })

    test('serverClose() lets a request in progress finish, and frees the address', async () => {
      const running = await serving()
      const socket = await client(running.address)
      const reply = receiveAll(socket)
      socket.write('upper begun\n')
      await once(socket, 'data')
      const closed = running[Symbol.asyncDispose]()
      socket.end('upper finished\n')
      expect(await reply).toContain('FINISHED\n')
      await closed
      await expect(client(running.address)).rejects.toMatchObject({
        code: family === 'inet' ? 'ECONNREFUSED' : 'ENOENT',
      })
    })

    test('serverClose({ timeout }) ends a request that does not finish', async () => {
      vi.spyOn(console, 'error').mockImplementation(() => {})
      const server = open(StreamContractHandler)
      await server.listen()
      const loop = server.serveForever()
      const socket = await client(server.serverAddress)
      // The end comes as a reset where the connection was still the server's own.
      const closed = new Promise((resolve) => socket.on('error', () => {}).once('close', resolve))
      socket.on('end', () => socket.end())
      socket.write('upper begun\nwait\n')
      await once(socket, 'data')
      await server.serverClose({ timeout: 50 })
      await loop
      await closed
    })

    test('a taken address is refused, and closing twice is harmless', async () => {
      await using running = await serving()
      const second = open(StreamContractHandler)
      second.serverAddress = running.address
      await expect(second.listen()).rejects.toMatchObject({ code: 'EADDRINUSE' })
      await second.serverClose()
      await second.serverClose()
      expect(await ask(running.address, 'upper mine\n')).toBe('MINE\n')
      if (typeof running.address === 'string') expect(existsSync(running.address)).toBe(true)
      second.serverAddress = freeAddress(family)
      await second.listen()
      await second.serverClose()
    })
  },
)
