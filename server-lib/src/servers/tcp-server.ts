import { once } from 'node:events'
import { createServer, type ListenOptions, type Server, type Socket } from 'node:net'
import {
  type AddressFamily,
  bindFirst,
  checkInetAddress,
  formatAddress,
  type InetAddress,
  resolveBindHosts,
} from '../sockets/address.ts'
import type { RequestHandlerClass } from '../handlers/base-request-handler.ts'
import { BaseServer } from './base-server.ts'
import type { ServerCloseOptions } from './loop-control.ts'
import { ConnectionCounts } from './connection-counts.ts'
import { ABORT_GRACE_MS, settlesWithin, timeLeft } from './settles-within.ts'
import { SocketServerError } from '../errors.ts'
import { peerOf } from '../sockets/socket-handle.ts'
import { StreamSocket } from '../sockets/stream-socket.ts'

/**
 * A server of TCP connections; each connection is one request, served one at a time.
 * `Request` and `Address` are for the servers that derive from it. Follows CPython's `socketserver.TCPServer`.
 */
export class TCPServer<Request = StreamSocket, Address = InetAddress> extends BaseServer<Request, Address> {
  /**
   * The family in which a host name is looked up, and of what `''` stands for; IPv4 by default. A literal address is bound as
   * it is. Servers of Unix sockets have classes of their own.
   */
  addressFamily: AddressFamily = 'AF_INET'
  /** What the server's socket carries: a stream or datagrams. */
  readonly socketType: 'SOCK_STREAM' | 'SOCK_DGRAM' = 'SOCK_STREAM'
  /**
   * The backlog: how many connections the kernel holds until Node accepts them, which it does in every turn of its
   * loop. The default is CPython's; raise it for bursts, because Linux loses connections that find no room.
   */
  requestQueueSize = 5
  /** Sets SO_REUSEADDR for datagrams; for TCP, Node sets it on every platform but Windows whatever this says. */
  allowReuseAddress = false
  /**
   * How many connections of one IP address may be open, those that wait included; one more is refused by a reset. What
   * was handed to a thread or a child process is not counted any more. Without limit by default.
   */
  maxPerAddress = Infinity
  /**
   * Milliseconds from the beginning of a request to its first byte, or the connection is ended; null, the default, or
   * Infinity is for ever.
   */
  firstByteTimeout: number | null = null
  /**
   * Milliseconds in which nothing is received or sent before the connection is ended; null, the default, or Infinity is
   * for ever.
   */
  idleTimeout: number | null = null
  /** Sets SO_REUSEPORT, so that several servers share a port; needs a Node that offers it (22.12). */
  allowReusePort = false

  #listener: Server | null = null
  /** Each open connection with the address that it counts for. */
  readonly #connections = new Map<StreamSocket, string | undefined>()
  readonly #perAddress = new ConnectionCounts()
  #closed: Promise<void> = Promise.resolve()

  /** Stores and checks its arguments. @throws {TypeError | RangeError} if one of them cannot be served. */
  constructor(
    serverAddress: NoInfer<Address>,
    RequestHandlerClass: RequestHandlerClass<NoInfer<Request>, NoInfer<Address>>,
  ) {
    super(serverAddress, RequestHandlerClass)
    this.checkAddress(serverAddress)
  }

  /** Binds and listens in one step, as Node does; tries each address of a host name. */
  override async serverBind(): Promise<void> {
    const listener = await this.openListener()
    this.#listener = listener
    listener.on('error', (error) => {
      this.pending.push(error)
    })
    const bound = listener.address()
    // The path of a Unix socket is bound as it is.
    if (bound === null || typeof bound === 'string') return
    this.serverAddress = { host: bound.address, port: bound.port } as Address
  }

  /** Called by the constructor with the address of the server; overridden for another address family. */
  protected checkAddress(address: unknown): void {
    checkInetAddress(address, 'bind')
  }

  /** Called by `serverBind()` to listen on `serverAddress`; overridden for another address family. */
  protected async openListener(): Promise<Server> {
    const { serverAddress } = this
    checkInetAddress(serverAddress, 'bind')
    const options = this.reusePortOption()
    const hosts = await resolveBindHosts(serverAddress.host, this.addressFamily)
    return bindFirst(hosts, (host) => this.listenOn({ host, port: serverAddress.port, ...options }))
  }

  /** Called by `openListener()` with each address that it tries. */
  protected async listenOn(target: ListenOptions): Promise<Server> {
    const listener = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
      this.#accept(socket)
    })
    const bound = once(listener, 'listening')
    listener.listen({ ...target, backlog: this.requestQueueSize })
    await bound
    return listener
  }

  // A server that derives from this one may have another kind of request; what is accepted here is a stream.
  #accept(socket: Socket): void {
    // The clients of a Unix socket have no address to be told apart by.
    const peer = peerOf(socket)
    const clientAddress = this.clientAddressOf(peer)
    if (clientAddress === null) {
      socket.destroy()
      return
    }
    const connection = new StreamSocket(socket)
    const isWithinLimit = peer === null || this.#perAddress.add(peer.host) <= this.maxPerAddress
    this.#connections.set(connection, peer?.host)
    StreamSocket.whenClosed(connection, this.#forget)
    const request = connection as Request
    if (!(isWithinLimit ? this.enqueue(request, clientAddress) : this.refused(request, clientAddress))) {
      connection.abort()
    }
  }

  readonly #forget = (connection: StreamSocket): void => {
    const host = this.#connections.get(connection)
    if (host !== undefined) this.#perAddress.remove(host)
    this.#connections.delete(connection)
  }

  /** Called by `processRequest()`: sets the time limits of the connection, makes the handler and runs it. */
  override finishRequest(request: Request, clientAddress: Address): void | Promise<void> {
    if (request instanceof StreamSocket && (this.firstByteTimeout !== null || this.idleTimeout !== null)) {
      StreamSocket.limitSilence(request, this.firstByteTimeout, this.idleTimeout)
    }
    return super.finishRequest(request, clientAddress)
  }

  /** Called with each connection; null if the client has gone already. Overridden for another address family. */
  protected clientAddressOf(peer: InetAddress | null): Address | null {
    return peer as Address | null
  }

  /** Sends the end of the stream after the reply, then calls `closeRequest()`. */
  override shutdownRequest(request: Request): void | Promise<void> {
    if (request instanceof StreamSocket) StreamSocket.endWriting(request)
    return this.closeRequest(request)
  }

  /** Closes the connection without waiting for it: a slow peer must not hold up the next request. */
  override closeRequest(request: Request): void | Promise<void> {
    if (request instanceof StreamSocket) StreamSocket.closeGracefully(request)
  }

  /** Prints one line for a client that has gone or a request that `serverClose()` has ended, which no handler can help; else as BaseServer does. */
  override handleError(request: Request, clientAddress: Address, error: unknown): void | Promise<void> {
    if (this.isClientGone(request, clientAddress, error)) {
      console.error(
        `Client ${formatAddress(clientAddress)} disconnected: ${(error as NodeJS.ErrnoException).code}`,
      )
    } else if (
      this.signal.aborted &&
      error instanceof SocketServerError &&
      error.code === 'ERR_SOCKET_CLOSED'
    ) {
      console.error(`Request from ${formatAddress(clientAddress)} was not finished when the server closed`)
    } else {
      return super.handleError(request, clientAddress, error)
    }
  }

  /** Called by `handleError()`: whether it is only that the client has gone. Overridden for other kinds of requests. */
  protected isClientGone(request: Request, _clientAddress: Address, error: unknown): boolean {
    return request instanceof StreamSocket && StreamSocket.isFailureOf(request, error)
  }

  /** Stops listening, resets the connections that wait, and lets those in progress finish, `timeout` ms at most. */
  override async serverClose(options: ServerCloseOptions = {}): Promise<void> {
    const leftMs = timeLeft(options.timeout)
    await this.listeningSettled()
    const listener = this.#listener
    if (listener !== null) {
      this.#listener = null
      this.#closed = new Promise((resolve) => {
        this.closeListener(listener, resolve)
      })
    }
    for (let next = this.pending.shift(); next !== undefined; next = this.pending.shift()) {
      if (!(next instanceof Error) && next[0] instanceof StreamSocket) next[0].abort()
    }
    await super.serverClose(options)
    if (this.isCalledFromWithin()) return
    if (await settlesWithin(this.#closed, leftMs())) return
    for (const connection of this.#connections.keys()) connection.abort()
    await this.#closed
    // What they wait for rejects now: whoever closes the server hears of them before it goes on.
    await settlesWithin(this.requestsEnded(), ABORT_GRACE_MS)
  }

  /** Called by `serverClose()`; calls `closed` when no connection is left. Overridden for another address family. */
  protected closeListener(listener: Server, closed: () => void): void {
    listener.close(closed)
  }

  /**
   * Called by `serverBind()` for what `allowReusePort` adds to the options of Node's socket.
   * @throws {SocketServerError} ERR_UNSUPPORTED where it is set and Node cannot do it.
   */
  protected reusePortOption(): { reusePort?: boolean } {
    if (!this.allowReusePort) return {}
    const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
    if (major > 22 || (major === 22 && minor >= 12)) return { reusePort: true }
    throw new SocketServerError(
      'ERR_UNSUPPORTED',
      `Cannot set allowReusePort on Node ${process.versions.node}: Node 22.12 or later is required`,
    )
  }
}
