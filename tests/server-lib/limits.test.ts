import { once } from 'node:events'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { spawn } from 'node:child_process'
import { createConnection } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  AsyncTCPServer,
  BaseRequestHandler,
  StreamRequestHandler,
  TCPServer,
  UDPServer,
} from 'socketserver-ts'
import type { DatagramRequest, StreamSocket } from 'socketserver-ts'
import { openDatagram } from 'socketserver-ts'
import { exchange, gate, LOOPBACK, plainClient, receiveAll, serving, UpperHandler } from './support.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

/** Gives the errors that a server reports. */
function reporting(handle: (handler: StreamRequestHandler) => Promise<void>) {
  const errors: unknown[] = []
  class Handler extends StreamRequestHandler {
    override handle() {
      return handle(this)
    }
  }
  class Server extends AsyncTCPServer {
    override handleError(...[, , error]: Parameters<TCPServer['handleError']>) {
      errors.push(error)
    }
  }
  return { errors, server: new Server(LOOPBACK, Handler) }
}

describe('limits', () => {
  test('maxTasks lets so many requests of an AsyncTCPServer be in progress, and the next waits', async () => {
    const held = gate()
    let inProgress = 0
    let most = 0
    class Handler extends BaseRequestHandler {
      override async handle() {
        most = Math.max(most, ++inProgress)
        await held.opened
        inProgress--
        await this.request.send('done')
      }
    }
    const server = new AsyncTCPServer(LOOPBACK, Handler)
    server.maxTasks = 2
    await using running = await serving(server)
    const replies = Array.from({ length: 5 }, () => exchange(running.server.serverAddress, ''))
    await expect.poll(() => running.server.acceptedRequests).toBe(5)
    expect(inProgress).toBe(2)
    held.open()
    expect(await Promise.all(replies)).toEqual(Array.from({ length: 5 }, () => 'done'))
    expect(most).toBe(2)
  })

  test('shutdown() does not wait for a free task', async () => {
    const held = gate()
    const begun = gate()
    class Handler extends BaseRequestHandler {
      override async handle() {
        begun.open()
        await held.opened
      }
    }
    const server = new AsyncTCPServer(LOOPBACK, Handler)
    server.maxTasks = 1
    const loop = server.serveForever()
    await server.listen()
    const reply = exchange(server.serverAddress, '')
    await begun.opened
    await server.shutdown()
    await loop
    held.open()
    await reply
    await server.serverClose()
  })

  test('maxPerAddress resets one connection too many of an address, and lets another in when one has ended', async () => {
    const server = new AsyncTCPServer(LOOPBACK, UpperHandler)
    server.maxPerAddress = 2
    await using running = await serving(server)
    const [first, second] = [
      await plainClient(running.server.serverAddress),
      await plainClient(running.server.serverAddress),
    ]
    await expect.poll(() => running.server.acceptedRequests).toBe(2)
    const third = createConnection(running.server.serverAddress)
    expect((await once(third, 'error'))[0]).toMatchObject({ code: 'ECONNRESET' })
    expect(running.server.refusedRequests).toBe(1)
    first.end()
    await once(first.resume(), 'close')
    const fourth = await plainClient(running.server.serverAddress)
    fourth.end('in\n')
    expect(await receiveAll(fourth)).toBe('IN\n')
    second.destroy()
  })

  test('firstByteTimeout ends a connection that sends nothing, and leaves one that has begun alone', async () => {
    const { errors, server } = reporting(async ({ rfile, wfile }) => {
      for await (const line of rfile) await wfile.write(line)
    })
    server.firstByteTimeout = 30
    await using running = await serving(server)
    const quick = await plainClient(running.server.serverAddress)
    quick.write('begun\n')
    await once(quick, 'data')
    const silent = await plainClient(running.server.serverAddress)
    await once(silent.resume(), 'end')
    expect(errors).toMatchObject([{ code: 'ERR_SOCKET_TIMEOUT', message: 'No byte arrived within 30 ms' }])
    const reply = receiveAll(quick)
    quick.end('later\n')
    expect(await reply).toBe('later\n')
    silent.destroy()
  })

  test('idleTimeout ends a connection on which nothing moves, not one that moves slowly', async () => {
    const { errors, server } = reporting(async ({ rfile, wfile }) => {
      for await (const line of rfile) await wfile.write(line)
    })
    server.idleTimeout = 400
    await using running = await serving(server)
    const client = await plainClient(running.server.serverAddress)
    const begun = performance.now()
    // Longer than the limit in all, and each pause shorter.
    while (performance.now() - begun < 800) {
      client.write('x\n')
      await once(client, 'data')
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    expect(errors).toEqual([])
    await once(client.resume(), 'end')
    expect(errors).toMatchObject([
      { code: 'ERR_SOCKET_TIMEOUT', message: 'Nothing was received or sent for 400 ms' },
    ])
    client.destroy()
  })

  test('maxLineLength rejects the reads of a longer line, and lets lines of that length through', async () => {
    const lines: string[] = []
    class Handler extends StreamRequestHandler {
      override maxLineLength = 6
      override async handle() {
        lines.push(String(await this.rfile.readline()))
        await this.rfile.readline().catch((error: unknown) => lines.push((error as { code: string }).code))
        for await (const line of this.rfile) lines.push(String(line))
      }
    }
    await using running = await serving(new TCPServer(LOOPBACK, Handler))
    vi.spyOn(console, 'error').mockImplementation(() => {})
    await exchange(running.server.serverAddress, 'short\nfar too long a line\n').catch(() => {})
    expect(lines.slice(0, 2)).toEqual(['short\n', 'ERR_LINE_TOO_LONG'])
  })
})

test('IPv6 host "::" serves IPv4 clients too, of TCP and of UDP', async () => {
  await using running = await serving(new TCPServer({ host: '::', port: 0 }, UpperHandler))
  const { port } = running.server.serverAddress
  expect(await exchange({ host: '127.0.0.1', port }, 'four\n')).toBe('FOUR\n')
  expect(await exchange({ host: '::1', port }, 'six\n')).toBe('SIX\n')

  class Handler extends BaseRequestHandler<DatagramRequest> {
    override async handle() {
      await this.request[1].sendTo(this.clientAddress.host, this.clientAddress)
    }
  }
  await using udp = await serving(new UDPServer({ host: '::', port: 0 }, Handler))
  await using client = await openDatagram(LOOPBACK)
  await client.sendTo('', { host: '127.0.0.1', port: udp.server.serverAddress.port })
  expect(String((await client.recvFrom())[0])).toBe('::ffff:127.0.0.1')
})

test('addressFamily AF_INET6 looks a name up among IPv6 addresses', async () => {
  const server = new TCPServer({ host: '', port: 0 }, UpperHandler)
  server.addressFamily = 'AF_INET6'
  await using running = await serving(server)
  expect(running.server.serverAddress.host).toBe('::')
})

test('addressFamily AF_UNIX is refused by servers that bind a host', async () => {
  class NoHandler extends BaseRequestHandler<StreamSocket | DatagramRequest> {}
  for (const server of [new TCPServer(LOOPBACK, NoHandler), new UDPServer(LOOPBACK, NoHandler)]) {
    server.addressFamily = 'AF_UNIX'
    await expect(server.listen()).rejects.toThrow("'AF_INET' or 'AF_INET6' is required")
  }
})

describe('serveForever({ signals })', () => {
  const program = (close: string) => `
    import { AsyncTCPServer, StreamRequestHandler } from 'socketserver-ts'
    class Handler extends StreamRequestHandler {
      async handle() {
        await this.wfile.write(await this.rfile.readline())
        await this.wfile.write(await this.rfile.readline())
      }
    }
    const server = new AsyncTCPServer({ host: '127.0.0.1', port: 0 }, Handler)
    await server.listen()
    console.log(server.serverAddress.port)
    await server.serveForever({ signals: ['SIGTERM'] })
    console.log('drain')
    await server.serverClose(${close})
    console.log('closed')`

  async function start(close: string) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program(close)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const said: string[] = []
    child.stdout.on('data', (data: Buffer) => said.push(...String(data).trim().split('\n')))
    await expect.poll(() => said.length, { timeout: 5000 }).toBe(1)
    const client = await plainClient({ host: '127.0.0.1', port: Number(said[0]) })
    client.write('one\n')
    await once(client, 'data')
    return { child, said, client }
  }

  test('stops at a signal, drains the requests in progress, and ends the process', async () => {
    const { child, said, client } = await start('{ timeout: 60_000 }')
    const exited = once(child, 'exit')
    child.kill('SIGTERM')
    await expect.poll(() => said).toContain('drain')
    const reply = receiveAll(client)
    client.end('two\n')
    expect(await reply).toBe('two\n')
    expect(await exited).toEqual([0, null])
    expect(said.slice(1)).toEqual(['drain', 'closed'])
  })

  test('with a deadline ends what does not finish', async () => {
    const { child, said, client } = await start('{ timeout: 20 }')
    const exited = once(child, 'exit')
    client.on('error', () => {})
    child.kill('SIGTERM')
    expect(await exited).toEqual([0, null])
    expect(said.slice(1)).toEqual(['drain', 'closed'])
    client.destroy()
  })

  test('leaves a second signal to the system', async () => {
    const { child, said, client } = await start('{}')
    const exited = once(child, 'exit')
    client.on('error', () => {})
    child.kill('SIGTERM')
    await expect.poll(() => said).toContain('drain')
    child.kill('SIGTERM')
    expect(await exited).toEqual([null, 'SIGTERM'])
    client.destroy()
  })
})

test('the life of a request is published on diagnostics channels', async () => {
  const seen: string[] = []
  const names = ['listening', 'accepted', 'started', 'received', 'sent', 'finished', 'failed', 'closed']
  const listeners = names.map((name) => ({
    name: `socketserver-ts.${name}`,
    listen: (message: unknown) => {
      const { data } = message as { data?: Uint8Array }
      seen.push(data === undefined ? name : `${name} ${Buffer.from(data).toString()}`)
    },
  }))
  for (const { name, listen } of listeners) subscribe(name, listen)
  try {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    class Handler extends StreamRequestHandler {
      override async handle() {
        const line = String(await this.rfile.readline())
        if (line === 'bad\n') throw new Error('boom')
        await this.wfile.write(line)
      }
    }
    const server = new TCPServer(LOOPBACK, Handler)
    const loop = server.serveForever()
    await server.listen()
    await exchange(server.serverAddress, 'hi\n')
    await exchange(server.serverAddress, 'bad\n')
    await server.serverClose()
    await loop
  } finally {
    for (const { name, listen } of listeners) unsubscribe(name, listen)
  }
  expect(seen).toEqual([
    'listening',
    'accepted',
    'started',
    'received hi\n',
    'sent hi\n',
    'finished',
    'accepted',
    'started',
    'received bad\n',
    'failed',
    'closed',
  ])
})
