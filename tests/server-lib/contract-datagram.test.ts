import { afterEach, describe, expect, test, vi } from 'vitest'
import { type DatagramSocket, type InetAddress, openDatagram, type UnixAddress } from 'socketserver-ts'
import { type Contender, contenders, freeAddress, servingContract } from './contract.ts'
import { DatagramContractHandler } from './fixtures/contract-handlers.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

type AnyAddress = InetAddress | UnixAddress

async function openClient(family: Contender['family']): Promise<DatagramSocket<AnyAddress>> {
  const address = freeAddress(family)
  const socket = typeof address === 'string' ? await openDatagram(address) : await openDatagram(address)
  const client = socket as DatagramSocket<AnyAddress>
  client.setTimeout(20_000)
  return client
}

describe.each([...contenders('UDP'), ...contenders('UnixDatagram')])(
  '$name',
  { timeout: 60_000 },
  ({ kind, family, open }) => {
    async function serving() {
      const running = await servingContract(open(DatagramContractHandler))
      const client = await openClient(family)
      return {
        server: running.server,
        ask: async (text: string) => {
          await client.sendTo(text, running.address)
          const [data, source] = await client.recvFrom()
          expect(source).toEqual(running.address)
          return String(data)
        },
        client,
        [Symbol.asyncDispose]: async () => {
          await client.close()
          await running[Symbol.asyncDispose]()
        },
      }
    }

    test('serves the same handler: a reply to each datagram, an empty one too', async () => {
      await using running = await serving()
      expect(await running.ask('one')).toBe('ONE')
      expect(await running.ask('')).toBe('empty')
      expect(await running.ask('x'.repeat(5000))).toBe('X'.repeat(5000))
    })

    test('serves requests where it says: in the loop, a thread, a process or a task', async () => {
      await using running = await serving()
      const [pid, thread] = (await running.ask('where')).split(' ')
      expect(Number(pid) === process.pid).toBe(kind !== 'Forking')
      expect(thread).toMatch(kind === 'Threading' ? /^Thread-\d+$/ : /^MainThread$/)
    })

    test('cuts what is longer than maxPacketSize', async () => {
      await using running = await serving()
      Reflect.set(running.server, 'maxPacketSize', 3)
      expect(await running.ask('abcdef')).toBe('ABC')
    })

    test('replies to each of twenty clients what it has asked', async () => {
      await using running = await serving()
      const replies = Array.from({ length: 20 }, async (_, index) => {
        await using client = await openClient(family)
        await client.sendTo(`client ${index}`, running.server.serverAddress)
        return String((await client.recvFrom())[0])
      })
      expect(await Promise.all(replies)).toEqual(Array.from({ length: 20 }, (_, index) => `CLIENT ${index}`))
    })

    test('goes on after handlers that throw', async () => {
      vi.spyOn(console, 'error').mockImplementation(() => {})
      await using running = await serving()
      for (let round = 0; round < 3; round++) {
        await running.client.sendTo('throw', running.server.serverAddress)
      }
      expect(await running.ask('still here')).toBe('STILL HERE')
    })

    test('a SystemExit ends the request, and the loop only of a synchronous server', async () => {
      const server = open(DatagramContractHandler)
      await server.listen()
      const ended = server.serveForever().then(
        () => 'stopped',
        (error: unknown) => (error as Error).name,
      )
      await using client = await openClient(family)
      await client.sendTo('exit', server.serverAddress)
      if (kind !== '') {
        await client.sendTo('after', server.serverAddress)
        expect(String((await client.recvFrom())[0])).toBe('AFTER')
        await server.shutdown()
      }
      expect(await ended).toBe(kind === '' ? 'SystemExit' : 'stopped')
      await server.serverClose()
    })

    test('shutdown() before serving and twice does nothing, and serving can begin again', async () => {
      const server = open(DatagramContractHandler)
      await server.shutdown()
      await server.listen()
      await using client = await openClient(family)
      for (let round = 0; round < 2; round++) {
        const loop = server.serveForever()
        await client.sendTo('round', server.serverAddress)
        expect(String((await client.recvFrom())[0])).toBe('ROUND')
        await Promise.all([server.shutdown(), server.shutdown()])
        await loop
      }
      await server.serverClose()
    })

    test('handleRequest() serves one request, and calls handleTimeout() without one', async () => {
      await using server = open(DatagramContractHandler)
      let timeouts = 0
      server.handleTimeout = () => {
        timeouts++
      }
      server.timeout = 10
      await server.handleRequest()
      expect(timeouts).toBe(1)
      server.timeout = 10_000
      await using client = await openClient(family)
      await client.sendTo('one', server.serverAddress)
      await server.handleRequest()
      expect(String((await client.recvFrom())[0])).toBe('ONE')
    })

    test('a taken address is refused, and serverClose() frees it', async () => {
      const running = await serving()
      const { serverAddress } = running.server
      const second = open(DatagramContractHandler)
      second.serverAddress = serverAddress
      await expect(second.listen()).rejects.toMatchObject({ code: 'EADDRINUSE' })
      expect(await running.ask('mine')).toBe('MINE')
      await running[Symbol.asyncDispose]()
      await second.listen()
      expect(second.serverAddress).toEqual(serverAddress)
      await second.serverClose()
      await second.serverClose()
    })
  },
)
