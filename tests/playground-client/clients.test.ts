import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  AsyncTCPServer,
  AsyncUDPServer,
  AsyncUnixDatagramServer,
  AsyncUnixStreamServer,
  BaseRequestHandler,
  type BaseServer,
  type DatagramRequest,
  type InetAddress,
  StreamRequestHandler,
} from 'socketserver-ts'
import { afterEach, describe, expect, test } from 'vitest'

const PROGRAMS = fileURLToPath(new URL('../../playground/client/programs/', import.meta.url))
const TSX = fileURLToPath(import.meta.resolve('tsx/cli'))
const WAIT = { timeout: 15_000 }

class EchoHandler<Address> extends StreamRequestHandler<Address> {
  override async handle(): Promise<void> {
    for await (const line of this.rfile) await this.wfile.write(String(line).toUpperCase())
  }
}

class DatagramEchoHandler<Address> extends BaseRequestHandler<DatagramRequest<Address>, Address> {
  override async handle(): Promise<void> {
    const [data, socket] = this.request
    await socket.sendTo(String(data).toUpperCase(), this.clientAddress)
  }
}

const cleanups: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

type Serving<Address> = Pick<
  BaseServer<unknown, Address>,
  'serverAddress' | 'serveForever' | 'shutdown' | 'serverClose'
>

async function serve<Address>(server: Serving<Address>): Promise<void> {
  const serving = server.serveForever()
  cleanups.push(async () => {
    await server.shutdown()
    await serving
    await server.serverClose()
  })
  await expect.poll(() => server.serverAddress, WAIT).not.toMatchObject({ port: 0 })
}

function words({ host, port }: InetAddress): string[] {
  return [host, String(port)]
}

async function socketPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'clients-'))
  cleanups.push(() => rm(folder, { recursive: true }))
  return join(folder, 'server.sock')
}

class ClientProgram {
  readonly #child: ChildProcess
  output = ''

  constructor(program: string, ...given: string[]) {
    this.#child = spawn(process.execPath, [TSX, join(PROGRAMS, program), ...given])
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (data: Buffer) => (this.output += String(data)))
    }
    cleanups.push(async () => {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
      this.#child.kill()
      await once(this.#child, 'close')
    })
  }

  enter(line: string): void {
    this.#child.stdin?.write(`${line}\n`)
  }

  endInput(): void {
    this.#child.stdin?.end()
  }

  async prints(expected: string | RegExp): Promise<void> {
    await expect.poll(() => this.output, WAIT).toMatch(expected)
  }

  async exitCode(): Promise<unknown> {
    if (this.#child.exitCode === null) await once(this.#child, 'close')
    return this.#child.exitCode
  }
}

/** A plain server of Node's own, which tells apart what the library's reader would join. */
async function listen(onConnection: (socket: Socket) => void): Promise<string[]> {
  const sockets = new Set<Socket>()
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket)
    onConnection(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanups.push(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  return ['127.0.0.1', String(port)]
}

describe('the line client', { timeout: 30_000 }, () => {
  test('sends each line over TCP and shows the replies', async () => {
    const server = new AsyncTCPServer({ host: '127.0.0.1', port: 0 }, EchoHandler<InetAddress>)
    await serve(server)
    const client = new ClientProgram('stream-client.ts', ...words(server.serverAddress))
    client.enter('one')
    await client.prints('Received: ONE')
    client.enter('two')
    await client.prints('Sent: two\nReceived: TWO')
    client.endInput()
    expect(await client.exitCode()).toBe(0)
    expect(client.output).toMatch(/Half-closed.*\nThe server has closed the connection\n$/)
  })

  test('sends each line over a Unix stream', async () => {
    const path = await socketPath()
    await serve(new AsyncUnixStreamServer(path, EchoHandler<string>))
    const client = new ClientProgram('stream-client.ts', path)
    client.enter('one')
    await client.prints('Received: ONE')
  })

  test('sends each line as one datagram of UDP', async () => {
    const server = new AsyncUDPServer({ host: '127.0.0.1', port: 0 }, DatagramEchoHandler<InetAddress>)
    await serve(server)
    const client = new ClientProgram('datagram-client.ts', ...words(server.serverAddress))
    client.enter('one')
    client.enter('two')
    await client.prints(/Received: ONE[^]*Received: TWO/)
    client.endInput()
    expect(await client.exitCode()).toBe(0)
  })

  test('sends each line as one Unix datagram, and can be replied to', async () => {
    const path = await socketPath()
    await serve(new AsyncUnixDatagramServer(path, DatagramEchoHandler<string>))
    const client = new ClientProgram('datagram-client.ts', path)
    client.enter('one')
    await client.prints('Received: ONE')
  })

  test('ends when the server closes the connection', async () => {
    const given = await listen((socket) => socket.end('bye\n'))
    const client = new ClientProgram('stream-client.ts', ...given)
    expect(await client.exitCode()).toBe(0)
    expect(client.output).toContain('Received: bye\nThe server has closed the connection\n')
  })
})

describe('the knobs of a stream', { timeout: 30_000 }, () => {
  test('split writes arrive as chunks of that size', async () => {
    const chunks: string[] = []
    const given = await listen((socket) => socket.on('data', (data) => chunks.push(String(data))))
    const client = new ClientProgram('stream-client.ts', ...given, '--chunk-bytes=4')
    client.enter('hello world')
    await client.prints('Sent: hello world (in 3 writes)')
    await expect.poll(() => chunks, WAIT).toEqual(['hell', 'o wo', 'rld\n'])
  })

  test('bytes a second and the delay hold the text back', async () => {
    const arrivals: { bytes: number; atMs: number }[] = []
    let acceptedAtMs = 0
    const given = await listen((socket) => {
      acceptedAtMs = performance.now()
      socket.on('data', ({ length }) => arrivals.push({ bytes: length, atMs: performance.now() }))
    })
    const client = new ClientProgram('stream-client.ts', ...given, '--bytes-per-second=50', '--delay-ms=300')
    client.enter('x'.repeat(24))
    await client.prints('Sent: xxx')
    const [first, last] = [arrivals[0], arrivals.at(-1)]
    if (first === undefined || last === undefined) throw new Error('nothing has arrived')
    expect(first.atMs - acceptedAtMs).toBeGreaterThan(290)
    // 20 bytes before the last five, at 50 a second
    expect(last.atMs - first.atMs).toBeGreaterThan(390)
    expect(arrivals.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(25)
  })

  test('a half-close ends one direction, and the reply still comes', async () => {
    const given = await listen((socket) => {
      let text = ''
      socket.on('data', (data) => (text += String(data)))
      socket.on('end', () => socket.end(`all of ${text}`))
    })
    const client = new ClientProgram('stream-client.ts', ...given, '--half-close')
    client.enter('hello')
    expect(await client.exitCode()).toBe(0)
    expect(client.output).toMatch(/Half-closed[^]*Received: all of hello\nThe server has closed/)
  })

  test('an abort is a reset at the server', async () => {
    let seen: (code: string | undefined) => void = () => undefined
    const error = new Promise((resolve) => (seen = resolve))
    const given = await listen((socket) => {
      socket.resume().on('error', ({ code }: NodeJS.ErrnoException) => seen(code))
    })
    const client = new ClientProgram('stream-client.ts', ...given, '--abort')
    client.enter('hello')
    expect(await error).toBe('ECONNRESET')
    expect(await client.exitCode()).toBe(0)
  })
})

describe('the knobs of datagrams', { timeout: 30_000 }, () => {
  async function start(...knobs: string[]): Promise<ClientProgram> {
    const server = new AsyncUDPServer({ host: '127.0.0.1', port: 0 }, DatagramEchoHandler<InetAddress>)
    await serve(server)
    return new ClientProgram('datagram-client.ts', ...words(server.serverAddress), ...knobs)
  }

  test('what is lost on purpose is said, and nothing comes back', async () => {
    const client = await start('--loss-percent=100')
    client.enter('one')
    await client.prints('Sent: one (lost on purpose)')
    client.endInput()
    await client.exitCode()
    expect(client.output).not.toContain('Received')
  })

  test('what is sent twice is answered twice', async () => {
    const client = await start('--duplicate-percent=100')
    client.enter('one')
    await client.prints('Sent: one (sent twice on purpose)')
    await client.prints(/Received: ONE[^]*Received: ONE/)
  })

  test('what is held back arrives after a later one', async () => {
    const client = await start('--reorder-percent=50')
    // Until one is held back and the next is not.
    for (let number = 0; !/\((?:held back)[^]*Sent: \d+\n/.test(client.output); number += 1) {
      client.enter(String(number))
      await client.prints(`Sent: ${number}`)
    }
    const held = /Sent: (\d+) \(held back/.exec(client.output)?.[1]
    await client.prints(new RegExp(`Received: ${held}\\n`))
    const received = Array.from(client.output.matchAll(/Received: (\d+)/g), ([, number]) => Number(number))
    expect(received).not.toEqual(received.toSorted((left, right) => left - right))
  })
})

describe('a burst', { timeout: 30_000 }, () => {
  test('serves every client, so many at a time, and prints the percentiles', async () => {
    let open = 0
    let most = 0
    const given = await listen((socket) => {
      open += 1
      most = Math.max(most, open)
      socket.on('data', () => setTimeout(() => socket.end('reply'), 20)).on('close', () => (open -= 1))
    })
    const client = new ClientProgram('stream-burst.ts', ...given, '--clients=40', '--at-a-time=5')
    expect(await client.exitCode()).toBe(0)
    expect(client.output).toMatch(/^40 clients to 127.0.0.1 \d+, 5 at a time\n/)
    expect(client.output).toMatch(/^replies +40\nerrors +0\nin all +\d+ ms\nthroughput +\d+ a second$/m)
    const value = (title: string): number =>
      Number(new RegExp(`^${title} +([\\d.]+) ms$`, 'm').exec(client.output)?.[1])
    expect(value('p50')).toBeGreaterThan(19)
    expect(value('p90')).toBeGreaterThanOrEqual(value('p50'))
    expect(value('p99')).toBeGreaterThanOrEqual(value('p90'))
    expect(value('max')).toBeGreaterThanOrEqual(value('p99'))
    // The server may hear of an end after the next client has come.
    expect(most).toBeGreaterThan(1)
    expect(most).toBeLessThanOrEqual(10)
  })

  test('counts the clients that get no reply, and says why', async () => {
    const given = await listen((socket) => socket.resume().end())
    const client = new ClientProgram('stream-burst.ts', ...given, '--clients=7', '--at-a-time=7')
    await client.exitCode()
    expect(client.output).toMatch(/^7 × closed without a reply$/m)
    expect(client.output).toMatch(/^replies +0\nerrors +7$/m)
    expect(client.output).toMatch(/^p50 +–$/m)
  })

  test('counts lost datagrams as errors', async () => {
    const server = new AsyncUDPServer({ host: '127.0.0.1', port: 0 }, DatagramEchoHandler<InetAddress>)
    await serve(server)
    const given = words(server.serverAddress)
    const whole = new ClientProgram('datagram-burst.ts', ...given, '--clients=30', '--at-a-time=5')
    await whole.exitCode()
    expect(whole.output).toMatch(/^replies +30\nerrors +0$/m)
    const lossy = new ClientProgram('datagram-burst.ts', ...given, '--clients=3', '--loss-percent=100')
    await lossy.exitCode()
    expect(lossy.output).toMatch(/^3 × No datagram arrived within 1000 ms$/m)
  })
})
