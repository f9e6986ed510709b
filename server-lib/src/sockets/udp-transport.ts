import { createSocket, type RemoteInfo, type Socket, type SocketOptions } from 'node:dgram'
import { lookup } from 'node:dns'
import { once } from 'node:events'
import { isIP, isIPv6 } from 'node:net'
import { checkInetAddress, type InetAddress } from './address.ts'
import type { DatagramTransport } from './datagram-transport.ts'

/** A literal address needs no look-up, and the usual one would cost a turn of the queue for each datagram. */
const lookUpNames: NonNullable<SocketOptions['lookup']> = (host, options, callback) => {
  const family = isIP(host)
  if (family === 0) lookup(host, options, callback)
  else callback(null, host, family)
}

/** Datagrams of UDP, by `node:dgram`. */
export class UdpTransport implements DatagramTransport<InetAddress> {
  readonly localAddress: InetAddress
  readonly #socket: Socket
  readonly #whenClosed = new Set<() => Promise<void>>()

  private constructor(socket: Socket) {
    this.#socket = socket
    const { address: host, port } = socket.address()
    this.localAddress = { host, port }
  }

  /** Binds to an address, IPv6 if its host is, or to that of a host name. @throws system errors as they are. */
  static async bind(
    { host, port }: InetAddress,
    options: Omit<SocketOptions, 'type'> = {},
  ): Promise<UdpTransport> {
    const socket = createSocket({ type: isIPv6(host) ? 'udp6' : 'udp4', lookup: lookUpNames, ...options })
    const bound = once(socket, 'listening')
    socket.bind(port, host)
    try {
      await bound
    } catch (error) {
      socket.close()
      throw error
    }
    return new UdpTransport(socket)
  }

  /** The descriptor of the socket; -1 on Windows, and where Node keeps it elsewhere. */
  get descriptor(): number {
    const symbol = Object.getOwnPropertySymbols(this.#socket).find(
      ({ description }) => description === 'state symbol',
    )
    if (symbol === undefined) return -1
    const state = Reflect.get(this.#socket, symbol) as { handle?: { fd?: number } | null }
    return state.handle?.fd ?? -1
  }

  /** Has `action` called when the socket is closed, and waited for; not any more once what this gives is called. */
  whenClosed(action: () => Promise<void>): () => void {
    this.#whenClosed.add(action)
    return () => this.#whenClosed.delete(action)
  }

  start(deliver: (data: Buffer, source: InetAddress) => void, fail: (error: Error) => void): void {
    this.#socket.on('message', (data: Buffer, { address: host, port }: RemoteInfo) => {
      deliver(data, { host, port })
    })
    this.#socket.on('error', fail)
  }

  /** Sends at once: a datagram of UDP waits for nobody. */
  send(data: Uint8Array | string, address: InetAddress): Promise<number> {
    checkInetAddress(address, 'send')
    return new Promise((resolve, reject) => {
      this.#socket.send(data, address.port, address.host, (error, bytes) => {
        if (error === null) resolve(bytes)
        else reject(error)
      })
    })
  }

  async close(): Promise<void> {
    const others = [...this.#whenClosed].map((action) => action())
    await new Promise<void>((resolve) => {
      this.#socket.close(() => {
        resolve()
      })
    })
    await Promise.all(others)
  }
}
