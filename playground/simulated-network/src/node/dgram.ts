import { addHandle, removeHandle } from '../handles.ts'
import { lookupHost } from '../lookup-host.ts'
import { network } from '../network-interface.ts'
import type { FromNetwork, NetworkAddress, SocketId } from '../network-messages.ts'
import { EventEmitter } from './events.ts'
import { nextTurn } from '../next-turn.ts'
import { systemError } from '../system-error.ts'

/** What an IPv4 packet holds beside its headers. */
const MAX_DATAGRAM_BYTES = 65_507

interface SocketOptions {
  type: 'udp4' | 'udp6'
  reuseAddr?: boolean
}

type Sent = (error: Error | null, bytes: number) => void

/** What the library uses of Node's dgram.Socket, over the simulated network. */
export class Socket extends EventEmitter {
  readonly #options: SocketOptions
  #id: SocketId | undefined
  #local: NetworkAddress | undefined
  #isClosed = false

  constructor(options: SocketOptions) {
    super()
    this.#options = options
  }

  /** 'listening' or 'error' follows. */
  bind(port: number, host: string): this {
    addHandle(this)
    queueMicrotask(() => {
      const found = lookupHost(host, this.#options.type === 'udp6' ? 6 : 4)
      if (found instanceof Error) this.emit('error', found)
      else this.#bindTo({ host: found.address, port })
    })
    return this
  }

  address(): { address: string; port: number; family: string } {
    if (this.#local === undefined) throw systemError('getsockname', 'EADDRNOTAVAIL')
    const { host, port } = this.#local
    return { address: host, port, family: this.#options.type === 'udp6' ? 'IPv6' : 'IPv4' }
  }

  send(data: Uint8Array | string, port: number, host: string, sent: Sent): void {
    const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : new Uint8Array(data)
    const found = lookupHost(host, this.#options.type === 'udp6' ? 6 : 4)
    const failure =
      found instanceof Error
        ? found
        : bytes.length > MAX_DATAGRAM_BYTES
          ? systemError('send', 'EMSGSIZE', { host: found.address, port })
          : null
    if (failure === null && !(found instanceof Error) && this.#id !== undefined) {
      const address = { host: found.address, port }
      network().send({ type: 'datagram', socket: this.#id, address, data: bytes })
    }
    queueMicrotask(() => sent(failure, failure === null ? bytes.length : 0))
  }

  close(closed: () => void = () => undefined): this {
    this.once('close', closed)
    if (this.#isClosed) return this
    this.#isClosed = true
    if (this.#id !== undefined) network().close(this.#id)
    removeHandle(this)
    queueMicrotask(() => this.emit('close'))
    return this
  }

  ref(): this {
    if (!this.#isClosed) addHandle(this)
    return this
  }

  unref(): this {
    removeHandle(this)
    return this
  }

  #bindTo(address: NetworkAddress): void {
    const id = network().open((message) => this.#hear(message, address))
    this.#id = id
    network().send({ type: 'bind', socket: id, address, reuse: this.#options.reuseAddr === true })
  }

  #hear(message: FromNetwork, address: NetworkAddress): void {
    if (message.type === 'opened') {
      this.#local = message.local
      this.emit('listening')
    } else if (message.type === 'failed') {
      this.#id = undefined
      this.emit('error', systemError('bind', message.code, address))
    } else if (message.type === 'datagram') {
      nextTurn(() => this.#deliver(message))
    }
  }

  #deliver({
    socket,
    data,
    address: { host: address, port },
  }: Extract<FromNetwork, { type: 'datagram' }>): void {
    if (this.#isClosed) return
    network().send({ type: 'taken', socket, bytes: data.length })
    const family = address.includes(':') ? 'IPv6' : 'IPv4'
    this.emit('message', Buffer.from(data.buffer, data.byteOffset, data.length), {
      address,
      port,
      family,
      size: data.length,
    })
  }
}

export function createSocket(options: SocketOptions): Socket {
  return new Socket(options)
}
