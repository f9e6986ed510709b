import { addHandle, removeHandle } from '../handles.ts'
import { lookupHost } from '../lookup-host.ts'
import { network } from '../network-interface.ts'
import type { FromNetwork, NetworkAddress, SocketId } from '../network-messages.ts'
import { EventEmitter } from '../node/events.ts'
import { systemError } from '../system-error.ts'
import { TcpStream } from './tcp-stream.ts'

interface SocketOptions {
  allowHalfOpen?: boolean
}

interface ConnectOptions extends SocketOptions {
  host?: string
  port?: number
  path?: string
}

/** A connection that the network has made. */
interface Established {
  id: SocketId
  local: NetworkAddress
  peer: NetworkAddress
}

type Callback = (error?: Error | null) => void

/** What the system says of a socket without a peer; 0 is success. */
const NOT_CONNECTED = -107

/** What the library uses of Node's net.Socket, over the simulated network. */
export class Socket extends EventEmitter {
  readonly allowHalfOpen: boolean
  /** The library asks the handle for the peer. */
  readonly _handle = {
    getpeername: (peer: { address?: string; port?: number }): number => {
      if (this.#peer === undefined) return NOT_CONNECTED
      Object.assign(peer, { address: this.#peer.host, port: this.#peer.port })
      return 0
    },
  }
  destroyed = false
  closed = false
  errored: Error | null = null
  readableEnded = false
  writableFinished = false
  readonly readableLength = 0
  #stream: TcpStream | undefined
  #local: NetworkAddress | undefined
  #peer: NetworkAddress | undefined
  #isEnding = false
  /** Null until somebody has said whether to read. */
  #isFlowing: boolean | null = null
  /** What is done as soon as the socket is connected. */
  readonly #early: (() => void)[] = []

  constructor({ allowHalfOpen = false }: SocketOptions = {}) {
    super()
    this.allowHalfOpen = allowHalfOpen
  }

  get localAddress(): string | undefined {
    return this.#local?.host
  }

  get localPort(): number | undefined {
    return this.#local?.port
  }

  get localFamily(): string | undefined {
    return this.#local && (this.#local.host.includes(':') ? 'IPv6' : 'IPv4')
  }

  get remoteAddress(): string | undefined {
    return this.#peer?.host
  }

  get remotePort(): number | undefined {
    return this.#peer?.port
  }

  get writable(): boolean {
    return !this.destroyed && !this.#isEnding
  }

  get writableLength(): number {
    return this.#stream?.waitingBytes ?? 0
  }

  override on(name: string | symbol, listener: (...args: never[]) => unknown): this {
    super.on(name, listener)
    if (name === 'data' && this.#isFlowing === null) this.resume()
    return this
  }

  write(data: Uint8Array | string, callback: Callback = () => undefined): boolean {
    if (!this.writable) {
      queueMicrotask(() => callback(systemError('write', 'EPIPE')))
      return false
    }
    const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data
    this.#whenConnected((stream) => stream.write(bytes, () => queueMicrotask(() => callback())))
    return this.writableLength === 0
  }

  end(data?: Uint8Array | string): this {
    if (data !== undefined) this.write(data)
    if (!this.writable) return this
    this.#isEnding = true
    this.#whenConnected((stream) => {
      stream.end(() => queueMicrotask(() => this.#finish()))
    })
    return this
  }

  pause(): this {
    this.#isFlowing = false
    this.#stream?.stopReading()
    return this
  }

  resume(): this {
    this.#isFlowing = true
    this.#stream?.read()
    return this
  }

  destroySoon(): void {
    this.end()
    if (this.writableFinished) this.destroy()
    else this.once('finish', () => this.destroy())
  }

  resetAndDestroy(): this {
    if (!this.destroyed) this.#stream?.reset()
    return this.destroy()
  }

  destroy(error: Error | null = null): this {
    if (this.destroyed) return this
    this.destroyed = true
    this.errored = error
    this.#stream?.close()
    removeHandle(this)
    queueMicrotask(() => {
      if (error !== null) this.emit('error', error)
      this.closed = true
      this.emit('close', error !== null)
    })
    return this
  }

  setNoDelay(): this {
    return this
  }

  ref(): this {
    if (!this.destroyed) addHandle(this)
    return this
  }

  unref(): this {
    removeHandle(this)
    return this
  }

  /** Called with an address of the network's, not with a name. */
  connectTo(address: NetworkAddress): void {
    addHandle(this)
    const { send } = network()
    const id = network().open((message) => {
      if (message.type === 'opened' && message.peer !== null) {
        this.establish({ id, local: message.local, peer: message.peer })
        this.emit('connect')
      } else if (message.type === 'failed') {
        this.destroy(systemError('connect', message.code, address))
      } else {
        this.hear(message)
      }
    })
    send({ type: 'connect', socket: id, address })
  }

  establish({ id, local, peer }: Established): void {
    addHandle(this)
    this.#local = local
    this.#peer = peer
    const stream = new TcpStream(id, {
      data: (bytes) => this.emit('data', Buffer.from(bytes.buffer)),
      end: () => this.#endRead(),
      broken: (syscall, code) => this.destroy(systemError(syscall, code)),
    })
    if (this.destroyed) return stream.close()
    this.#stream = stream
    if (this.#isFlowing === true) stream.read()
    for (const action of this.#early.splice(0)) action()
  }

  hear(message: FromNetwork): void {
    if (message.type === 'segment') this.#stream?.segmentArrived(message.data)
    else if (message.type === 'end') this.#stream?.endArrived()
    else if (message.type === 'taken') this.#stream?.roomArrived(message.bytes)
    else if (message.type === 'reset') this.#stream?.resetArrived()
  }

  #whenConnected(action: (stream: TcpStream) => void): void {
    const stream = this.#stream
    if (stream !== undefined) action(stream)
    else this.#early.push(() => this.#stream && action(this.#stream))
  }

  #finish(): void {
    if (this.destroyed) return
    this.writableFinished = true
    this.emit('finish')
    if (this.readableEnded) this.destroy()
  }

  #endRead(): void {
    this.readableEnded = true
    this.emit('end')
    if (!this.allowHalfOpen) this.end()
    if (this.writableFinished) this.destroy()
  }
}

/** Opens a connection; 'connect' or 'error' follows. */
export function connect({ host = 'localhost', port = 0, path, ...options }: ConnectOptions): Socket {
  const socket = new Socket(options)
  if (path !== undefined) {
    socket.destroy(new Error(`Cannot connect to "${path}": Unix sockets are not simulated`))
    return socket
  }
  addHandle(socket)
  queueMicrotask(() => {
    const found = lookupHost(host)
    if (found instanceof Error) socket.destroy(found)
    else socket.connectTo({ host: found.address, port })
  })
  return socket
}
