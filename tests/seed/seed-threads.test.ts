import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, test, vi } from 'vitest'
import {
  openDatagram,
  TCPServer,
  ThreadingMixIn,
  ThreadingTCPServer,
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
  ADDITIONS,
  CarefulHandler,
  CarelessHandler,
  CountHandler,
  DataHandler,
  MUCH,
  ThreadingCountingServer,
  WhereDatagramHandler,
  WhereHandler,
} from './fixtures/handlers.ts'
import { slowClient } from './slow-client.ts'

// Programs, threads and processes start as fast as the machine lets them.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const TSX = fileURLToPath(import.meta.resolve('tsx/cli'))

const OWN_THREAD = new RegExp(`^${process.pid} Thread-\\d+$`)

describe('"threading versions of each type of server can be created using the [...] ThreadingMixIn mix-in [class]"', () => {
  test('ThreadingMixIn(TCPServer)', async () => {
    class Server extends ThreadingMixIn(TCPServer) {}
    await using running = await serving(new Server(LOOPBACK, WhereHandler))
    expect(await exchange(running.server.serverAddress, '')).toMatch(OWN_THREAD)
  })

  test('"class ThreadingUDPServer(ThreadingMixIn, UDPServer): pass"', async () => {
    class ThreadingUDPServer extends ThreadingMixIn(UDPServer) {}
    await using running = await serving(new ThreadingUDPServer(LOOPBACK, WhereDatagramHandler))
    await using client = await openDatagram()
    await client.sendTo('where', running.server.serverAddress)
    expect(String((await client.recvFrom())[0])).toMatch(OWN_THREAD)
  })

  test('ThreadingMixIn(UnixStreamServer)', async () => {
    class Server extends ThreadingMixIn(UnixStreamServer) {}
    await using folder = await temporaryFolder()
    await using running = await serving(new Server(`${folder.path}/server`, WhereHandler))
    expect(await exchange(running.server.serverAddress, '')).toMatch(OWN_THREAD)
  })

  test('ThreadingMixIn(UnixDatagramServer)', async () => {
    class Server extends ThreadingMixIn(UnixDatagramServer) {}
    await using folder = await temporaryFolder()
    await using running = await serving(new Server(`${folder.path}/server`, WhereDatagramHandler))
    await using client = await openDatagram(`${folder.path}/client`)
    await client.sendTo('where', running.server.serverAddress)
    expect(String((await client.recvFrom())[0])).toMatch(OWN_THREAD)
  })
})

test('"The solution is to create a separate [...] thread to handle each request"', async () => {
  await using running = await serving(new ThreadingTCPServer(LOOPBACK, WhereHandler))
  const replies: string[] = []
  for (let count = 0; count < 4; count++) replies.push(await exchange(running.server.serverAddress, ''))
  expect(new Set(replies).size).toBe(4)
  for (const reply of replies) expect(reply).toMatch(OWN_THREAD)
})

test('"Here a threading [...] server is appropriate": it hears others while a client is slow to receive', async () => {
  await using running = await serving(new ThreadingTCPServer(LOOPBACK, DataHandler))
  await using slow = await slowClient(running.server.serverAddress)
  expect(await exchange(running.server.serverAddress, 'little\n')).toBe('little')
  expect(await slow.receive()).toBe(MUCH.length)
})

describe('"the service contains state in memory that can be modified by different requests"', () => {
  test('"In this case, you can use a threading server": its requests share memory, where they are told to', async () => {
    await using running = await serving(new ThreadingCountingServer(LOOPBACK, CountHandler))
    const { server } = running
    expect(await exchange(server.serverAddress, '')).toBe('1 1')
    expect(await exchange(server.serverAddress, '')).toBe('1 2')
    expect(await exchange(server.serverAddress, '')).toBe('1 3')
    // What is not in shared memory is a copy of the thread's own, as it is with a fork; design of the library, not the seed's.
    expect([server.count, server.shared[0]]).toEqual([0, 3])
  })

  const REQUESTS = 3

  /** What is in the shared count when several requests have added to it at once. */
  async function countedBy(Handler: typeof CarelessHandler): Promise<number | undefined> {
    await using running = await serving(new ThreadingCountingServer(LOOPBACK, Handler))
    const { server } = running
    const clients = await Promise.all(
      Array.from({ length: REQUESTS }, async () => {
        const client = await plainClient(server.serverAddress)
        await once(client, 'data')
        return client
      }),
    )
    const ended = clients.map((client) => receiveAll(client))
    for (const client of clients) client.end('begin\n')
    await Promise.all(ended)
    return server.shared[0]
  }

  test('"but you will probably have to use locks to protect the integrity of the shared data": without them, additions are lost', async () => {
    expect(await countedBy(CarelessHandler)).toBeLessThan(REQUESTS * ADDITIONS)
  })

  test('[...] and with them, none is', async () => {
    expect(await countedBy(CarefulHandler)).toBe(REQUESTS * ADDITIONS)
  })
})

describe('"The ThreadingMixIn class defines an attribute daemon_threads"', () => {
  test('"the default is False"', () => {
    expect(new ThreadingTCPServer(LOOPBACK, WhereHandler).daemonThreads).toBe(false)
  })

  /** A program that closes its server and comes to its end while a request is in progress. */
  async function abruptEnd(...words: string[]) {
    const program = fileURLToPath(new URL('fixtures/abrupt-end.ts', import.meta.url))
    const child = spawn(process.execPath, [TSX, program, ...words], {
      cwd: ROOT,
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const exited = once(child, 'exit')
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
    const port = Number((await lines.next()).value)
    const client = await plainClient({ host: '127.0.0.1', port })
    const [begun] = (await once(client, 'data')) as [Buffer]
    expect(String(begun)).toBe('begun\n')
    child.stdin.end()
    expect((await lines.next()).value).toBe('main has ended')
    return { client, exited }
  }

  test('"meaning that Python will not exit until all threads created by ThreadingMixIn have exited"', async () => {
    const { client, exited } = await abruptEnd()
    client.end('finish\n')
    expect(await receiveAll(client)).toBe('done\n')
    expect(await exited).toEqual([0, null])
  })

  test('"You should set the flag explicitly if you would like threads to behave autonomously"', async () => {
    const { client, exited } = await abruptEnd('daemon')
    client.on('error', () => {})
    expect(await exited).toEqual([0, null])
    client.destroy()
  })
})

test('the example for the ThreadingMixIn class: "The output of the example should look something like this"', async () => {
  const child = spawn(process.execPath, [TSX, 'docs/examples/threaded-tcp-server.ts'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.on('data', (data: Buffer) => (output += data.toString()))
  // "Exit the server thread when the main thread terminates": else the program would not end by itself.
  expect(await once(child, 'close')).toEqual([0, null])
  expect(output).toBe(
    [
      'Server loop running in thread: Thread-1',
      'Received: Thread-2: Hello World 1',
      'Received: Thread-3: Hello World 2',
      'Received: Thread-4: Hello World 3',
      '',
    ].join('\n'),
  )
})
