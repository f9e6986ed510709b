import type { InetAddress } from '../sockets/address.ts'
import type { BaseServer } from '../servers/base-server.ts'
import type { StreamSocket } from '../sockets/stream-socket.ts'

/**
 * Serves one request; subclass it and define `handle()`. The server makes a new instance for each request.
 * `Request` is a {@link StreamSocket} for stream servers and a `DatagramRequest` for datagram servers.
 * Follows CPython's `socketserver.BaseRequestHandler`.
 */
export class BaseRequestHandler<
  Request = StreamSocket,
  Address = InetAddress,
  Server extends BaseServer<Request, Address> = BaseServer<Request, Address>,
> {
  readonly request: Request
  /** Where the request came from. */
  readonly clientAddress: Address
  /** The server, for what belongs to all requests. */
  readonly server: Server
  #failed = false

  /** Called by the server's `finishRequest()`; stores its arguments and does nothing else. */
  constructor(request: Request, clientAddress: Address, server: Server) {
    this.request = request
    this.clientAddress = clientAddress
    this.server = server
  }

  /** Aborted when `serverClose()` ends the requests that were not finished within its timeout. */
  get signal(): AbortSignal {
    return this.server.signal
  }

  /** Called before `handle()`; does nothing here. If it throws, neither `handle()` nor `finish()` is called. */
  setup(): void | Promise<void> {}

  /** Does all the work of one request; does nothing here. */
  handle(): void | Promise<void> {}

  /** Called after `handle()`, also when that has thrown; does nothing here. */
  finish(): void | Promise<void> {}

  /** Called by `finishRequest()`: setup, handle, finish, which in CPython is the constructor's work. */
  async run(): Promise<void> {
    const ready = this.setup()
    if (ready !== undefined) await ready
    try {
      const handled = this.handle()
      if (handled !== undefined) await handled
    } catch (error) {
      this.#failed = true
      await this.#finishAfter(error)
      throw error
    }
    const finished = this.finish()
    if (finished !== undefined) await finished
  }

  /** Whether `handle()` has thrown; for `finish()`. */
  protected get failed(): boolean {
    return this.#failed
  }

  // The later error is the one that is reported, with the first as its cause, as CPython shows both.
  async #finishAfter(first: unknown): Promise<void> {
    try {
      await this.finish()
    } catch (error) {
      if (error instanceof Error) error.cause ??= first
      throw error
    }
  }
}

/**
 * A class of handlers for requests of one kind, as a server's constructor takes it. What it wants of its server stays
 * open (`never` accepts every parameter type), because a constructor cannot name the class that it will be called for.
 */
export type RequestHandlerClass<Request, Address> = new (
  request: Request,
  clientAddress: Address,
  server: never,
) => { run: () => Promise<void> }
