import { randomBytes } from 'node:crypto'
import { expect, test, vi } from 'vitest'
import {
  BaseRequestHandler,
  connect,
  type DatagramRequest,
  type InetAddress,
  TCPServer,
  UDPServer,
} from 'socketserver-ts'
import { serving, UpperHandler } from '../server-lib/support.ts'
import { describeWith, outputOf, run, startSocatEcho } from './tools.ts'

// Programs, threads and processes start as fast as the machine lets them.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const LARGE_BYTES = 4 * 1024 * 1024
/** How long socat waits for the reply once its input has ended, which for TCP the end of the reply cuts short. */
const TCP_WAIT_S = 30
const UDP_WAIT_S = 1

/** Sends back what it receives, in the pieces in which it arrives. */
class EchoHandler extends BaseRequestHandler {
  override async handle(): Promise<void> {
    for await (const piece of this.request) await this.request.send(piece)
  }
}

/** Replies to each datagram with its upper case. */
class UpperDatagramHandler extends BaseRequestHandler<DatagramRequest> {
  override async handle(): Promise<void> {
    const [data, socket] = this.request
    await socket.sendTo(data.toString().toUpperCase(), this.clientAddress)
  }
}

const socatAddress = (protocol: 'TCP' | 'UDP', { host, port }: InetAddress) =>
  host.includes(':') ? `${protocol}6:[${host}]:${port}` : `${protocol}4:${host}:${port}`

const HOSTS = ['127.0.0.1', '::1'] as const

describeWith('socat', 'our servers and socat', () => {
  test.each(HOSTS)('TCPServer on %s replies in full to a socat that has half-closed', async (host) => {
    await using running = await serving(new TCPServer({ host, port: 0 }, UpperHandler))
    const args = ['-t', String(TCP_WAIT_S), '-', socatAddress('TCP', running.server.serverAddress)]
    expect(await outputOf('socat', args, 'one\ntwo\nwithout a newline')).toBe('ONE\nTWO\nWITHOUT A NEWLINE')
  })

  test.each(HOSTS)('TCPServer on %s sends back 4 MB to socat byte for byte', async (host) => {
    await using running = await serving(new TCPServer({ host, port: 0 }, EchoHandler))
    const data = randomBytes(LARGE_BYTES)
    const args = ['-t', String(TCP_WAIT_S), '-', socatAddress('TCP', running.server.serverAddress)]
    const { code, output } = await run('socat', args, data)
    expect({ code, isWhole: output.equals(data) }).toEqual({ code: 0, isWhole: true })
  })

  test.each(HOSTS)('UDPServer on %s replies to a datagram of socat', async (host) => {
    await using running = await serving(new UDPServer({ host, port: 0 }, UpperDatagramHandler))
    const args = ['-t', String(UDP_WAIT_S), '-', socatAddress('UDP', running.server.serverAddress)]
    expect(await outputOf('socat', args, 'datagram')).toBe('DATAGRAM')
  })
})

describeWith('socat', 'socat as a server and our clients', () => {
  test.each(HOSTS)('connect() to %s, send(), shutdown() and recv() up to the end', async (host) => {
    await using echo = await startSocatEcho(host)
    const data = randomBytes(LARGE_BYTES)
    await using socket = await connect(echo.address)
    const sent = socket.sendAll(data).then(() => socket.shutdown('write'))
    expect((await socket.makefile('r').read()).equals(data)).toBe(true)
    await sent
  })
})
