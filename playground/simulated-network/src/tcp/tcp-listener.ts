import { addHandle, removeHandle } from '../handles.ts'
import { network } from '../network-interface.ts'
import type { FromNetwork, NetworkAddress, SocketId } from '../network-messages.ts'
import { EventEmitter } from '../node/events.ts'
import { systemError } from '../system-error.ts'
import { Socket } from './tcp-socket.ts'

const DEFAULT_BACKLOG = 511

export interface ListenOptions {
  host?: string
  port?: number
  path?: string
  backlog?: number
}

interface ServerOptions {
  allowHalfOpen?: boolean
  pauseOnConnect?: boolean
}

/** What the library uses of Node's net.Server, over the simulated network. */
export class Server extends EventEmitter {
  readonly #options: ServerOptions
  readonly #connections = new Set<Socket>()
  #id: SocketId | undefined
  #address: NetworkAddress | undefined

  constructor(options: ServerOptions, onConnection: (socket: Socket) => void) {
    super()
    this.#options = options
    this.on('connection', onConnection)
  }

  /** 'listening' or 'error' follows. */
  listen({ host = '0.0.0.0', port = 0, path, backlog = DEFAULT_BACKLOG }: ListenOptions): this {
    if (path !== undefined) {
      queueMicrotask(() =>
        this.emit('error', new Error(`Cannot listen on "${path}": Unix sockets are not simulated`)),
      )
      return this
    }
    const address = { host, port }
    const id = network().open((message) => this.#hear(message, address))
    this.#id = id
    addHandle(this)
    network().send({ type: 'listen', socket: id, address, backlog })
    return this
  }

  address(): { address: string; port: number; family: string } | null {
    if (this.#address === undefined) return null
    const { host, port } = this.#address
    return { address: host, port, family: host.includes(':') ? 'IPv6' : 'IPv4' }
  }

  /** Takes no more connections, and calls `closed` when those that there are have gone. */
  close(closed: () => void = () => undefined): this {
    this.once('close', closed)
    if (this.#id !== undefined) network().close(this.#id)
    this.#id = undefined
    this.#address = undefined
    removeHandle(this)
    this.#closeWhenEmpty()
    return this
  }

  ref(): this {
    if (this.#id !== undefined) addHandle(this)
    return this
  }

  unref(): this {
    removeHandle(this)
    return this
  }

  #hear(message: FromNetwork, address: NetworkAddress): void {
    if (message.type === 'opened') {
      this.#address = message.local
      this.emit('listening')
    } else if (message.type === 'connection') {
      this.#accept(message)
    } else if (message.type === 'failed') {
      this.#id = undefined
      removeHandle(this)
      this.emit('error', systemError('listen', message.code, address))
    }
  }

  #accept({ listener, socket: id, local, peer }: Extract<FromNetwork, { type: 'connection' }>): void {
    network().send({ type: 'accepted', socket: listener })
    const socket = new Socket(this.#options)
    network().adopt(id, (message) => socket.hear(message))
    socket.establish({ id, local, peer })
    this.#connections.add(socket)
    socket.once('close', () => {
      this.#connections.delete(socket)
      this.#closeWhenEmpty()
    })
    if (this.#options.pauseOnConnect === true) socket.pause()
    this.emit('connection', socket)
  }

  #closeWhenEmpty(): void {
    if (this.#id === undefined && this.#connections.size === 0) queueMicrotask(() => this.emit('close'))
  }
}

export function createServer(options: ServerOptions, onConnection: (socket: Socket) => void): Server {
  return new Server(options, onConnection)
}
