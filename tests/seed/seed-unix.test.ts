import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, test, vi } from 'vitest'
import {
  connect,
  DatagramRequestHandler,
  openDatagram,
  StreamRequestHandler,
  TCPServer,
  UDPServer,
  type UnixAddress,
  UnixDatagramServer,
  UnixStreamServer,
} from 'socketserver-ts'
import { LOOPBACK, serving, temporaryFolder, UpperHandler } from '../server-lib/support.ts'

// Programs, threads and processes start as fast as the machine lets them.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

class UnixHandler extends StreamRequestHandler<UnixAddress> {
  override async handle() {
    await this.wfile.write((await this.rfile.readline()).toString().toUpperCase())
  }
}

class UnixDatagramHandler extends DatagramRequestHandler<UnixAddress> {
  override async handle() {
    await this.wfile.write((await this.rfile.readline()).toString().toUpperCase())
  }
}

/** What the variables of a server are, as far as they are plain values. */
const variables = (server: object) =>
  Object.fromEntries(
    Object.entries(server).filter(([, value]) => value === null || typeof value !== 'object'),
  )

describe('"The more infrequently used UnixStreamServer and UnixDatagramServer classes are similar, but use Unix domain sockets"', () => {
  test('UnixStreamServer', async () => {
    await using folder = await temporaryFolder()
    await using running = await serving(new UnixStreamServer(`${folder.path}/server`, UnixHandler))
    await using client = await connect(running.server.serverAddress)
    await client.send('over a Unix socket\n')
    expect(String(await client.recv(1024))).toBe('OVER A UNIX SOCKET\n')
  })

  test('UnixDatagramServer', async () => {
    await using folder = await temporaryFolder()
    await using running = await serving(new UnixDatagramServer(`${folder.path}/server`, UnixDatagramHandler))
    await using client = await openDatagram(`${folder.path}/client`)
    await client.sendTo('over a Unix socket', running.server.serverAddress)
    const [reply, source] = await client.recvFrom()
    expect([String(reply), source]).toEqual(['OVER A UNIX SOCKET', `${folder.path}/server`])
  })

  test('"they\'re not available on non-Unix platforms"', async () => {
    const program = `
      Object.defineProperty(process, 'platform', { value: 'win32' })
      const { BaseRequestHandler, UnixDatagramServer, UnixStreamServer } = await import('socketserver-ts')
      for (const Server of [UnixStreamServer, UnixDatagramServer]) {
        try {
          new Server('/tmp/server', BaseRequestHandler)
        } catch (error) {
          console.log(error.code)
        }
      }
    `
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let printed = ''
    child.stdout.on('data', (data: Buffer) => (printed += data.toString()))
    expect(await once(child, 'close')).toEqual([0, null])
    expect(printed).toBe('ERR_UNSUPPORTED\nERR_UNSUPPORTED\n')
  })
})

describe('"the only difference between an IP and a Unix stream server is the address family, which is simply repeated in both Unix server classes"', () => {
  test('UnixStreamServer', () => {
    expect(variables(new UnixStreamServer('/tmp/server', UpperHandler))).toEqual({
      ...variables(new TCPServer(LOOPBACK, UpperHandler)),
      addressFamily: 'AF_UNIX',
      serverAddress: '/tmp/server',
    })
  })

  test('UnixDatagramServer', () => {
    expect(variables(new UnixDatagramServer('/tmp/server', UnixDatagramHandler))).toEqual({
      ...variables(new UDPServer(LOOPBACK, DatagramRequestHandler)),
      addressFamily: 'AF_UNIX',
      serverAddress: '/tmp/server',
      RequestHandlerClass: UnixDatagramHandler,
    })
  })
})

test('"UnixDatagramServer derives from UDPServer, not from UnixStreamServer"', () => {
  expect(UnixDatagramServer.prototype).toBeInstanceOf(UDPServer)
  expect(UnixDatagramServer.prototype).not.toBeInstanceOf(UnixStreamServer)
})
