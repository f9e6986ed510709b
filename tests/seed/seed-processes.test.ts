import { once } from 'node:events'
import { describe, expect, test, vi } from 'vitest'
import {
  ForkingMixIn,
  ForkingTCPServer,
  openDatagram,
  TCPServer,
  UDPServer,
  UnixDatagramServer,
  UnixStreamServer,
} from 'socketserver-ts'
import {
  exchange,
  LOOPBACK,
  plainClient,
  receiveAll,
  serving,
  temporaryFolder,
} from '../server-lib/support.ts'
import {
  CountHandler,
  DataHandler,
  ForkingCountingServer,
  MUCH,
  PartlyForkingHandler,
  WhereDatagramHandler,
  WhereHandler,
} from './fixtures/handlers.ts'
import { slowClient } from './slow-client.ts'

// Programs, threads and processes start as fast as the machine lets them.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

/** The process that has served a request, as the handlers that say where they are tell it. */
const pidIn = (reply: string) => Number(/^(\d+) MainThread$/.exec(reply)?.[1])

describe('"Forking [...] versions of each type of server can be created using the ForkingMixIn [...] mix-in [class]"', () => {
  test('ForkingMixIn(TCPServer)', async () => {
    class Server extends ForkingMixIn(TCPServer) {}
    await using running = await serving(new Server(LOOPBACK, WhereHandler))
    expectOtherProcess(await exchange(running.server.serverAddress, ''))
  })

  test('ForkingMixIn(UDPServer)', async () => {
    class Server extends ForkingMixIn(UDPServer) {}
    await using running = await serving(new Server(LOOPBACK, WhereDatagramHandler))
    await using client = await openDatagram()
    await client.sendTo('where', running.server.serverAddress)
    expectOtherProcess(String((await client.recvFrom())[0]))
  })

  test('ForkingMixIn(UnixStreamServer)', async () => {
    class Server extends ForkingMixIn(UnixStreamServer) {}
    await using folder = await temporaryFolder()
    await using running = await serving(new Server(`${folder.path}/server`, WhereHandler))
    expectOtherProcess(await exchange(running.server.serverAddress, ''))
  })

  test('ForkingMixIn(UnixDatagramServer)', async () => {
    class Server extends ForkingMixIn(UnixDatagramServer) {}
    await using folder = await temporaryFolder()
    await using running = await serving(new Server(`${folder.path}/server`, WhereDatagramHandler))
    await using client = await openDatagram(`${folder.path}/client`)
    await client.sendTo('where', running.server.serverAddress)
    expectOtherProcess(String((await client.recvFrom())[0]))
  })

  function expectOtherProcess(reply: string): void {
    expect(pidIn(reply)).toBeGreaterThan(0)
    expect(pidIn(reply)).not.toBe(process.pid)
  }
})

test('"the server will spawn a new process for each request"', async () => {
  await using running = await serving(new ForkingTCPServer(LOOPBACK, WhereHandler))
  const pids = new Set([process.pid])
  for (let count = 0; count < 3; count++) pids.add(pidIn(await exchange(running.server.serverAddress, '')))
  expect(pids.size).toBe(4)
})

test('"Here a [...] forking server is appropriate": it hears others while a client is slow to receive', async () => {
  await using running = await serving(new ForkingTCPServer(LOOPBACK, DataHandler))
  await using slow = await slowClient(running.server.serverAddress)
  expect(await exchange(running.server.serverAddress, 'little\n')).toBe('little')
  expect(await slow.receive()).toBe(MUCH.length)
})

test('"the modifications in the child process would never reach the initial state kept in the parent process and passed to each child"', async () => {
  await using running = await serving(new ForkingCountingServer(LOOPBACK, CountHandler))
  const { server } = running
  expect(await exchange(server.serverAddress, '')).toBe('1 1')
  expect(await exchange(server.serverAddress, '')).toBe('1 1')
  expect([server.count, server.shared[0]]).toEqual([0, 0])

  server.count = 10
  server.shared[0] = 20
  expect(await exchange(server.serverAddress, '')).toBe('11 21')
  expect([server.count, server.shared[0]]).toEqual([10, 20])
})

describe('"it may be appropriate to process part of a request synchronously, but to finish processing in a forked child depending on the request data"', () => {
  test('"This can be implemented by using a synchronous server and doing an explicit fork in the request handler class handle() method"', async () => {
    await using running = await serving(new TCPServer(LOOPBACK, PartlyForkingHandler))
    const { serverAddress } = running.server
    expect(await exchange(serverAddress, 'little')).toBe('from the server\ndone\n')

    const long = await plainClient(serverAddress)
    long.write('much')
    expect(String((await once(long, 'data'))[0])).toBe('from a child\n')
    // The child has not finished with the one, and the synchronous server has with the other.
    expect(await exchange(serverAddress, 'little')).toBe('from the server\ndone\n')
    long.end('enough')
    expect(await receiveAll(long)).toBe('done\n')
  })
})
