import type { Channel } from 'node:diagnostics_channel'
import { currentThread } from '../concurrency/current-thread.ts'
import { events } from '../events.ts'
import type { InetAddress } from '../sockets/address.ts'
import { forkRequest } from '../processes/parent/fork-request.ts'
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
  /** What came from the client: a connected socket, or one datagram with the server's socket. */
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

  /** Called after `setup()` to do all the work of one request; does nothing here. */
  handle(): void | Promise<void> {}

  /** Called after `handle()`, also when that has thrown; does nothing here. */
  finish(): void | Promise<void> {}

  /** Called by `finishRequest()`: setup, handle, finish, which in CPython is the constructor's work. */
  run(): void | Promise<void> {
    // A promise that a datagram can do without, where there is nothing to do or to tell before and after handle().
    const { setup, finish } = BaseRequestHandler.prototype
    const isHandleAll = this.setup === setup && this.finish === finish && !hasObservers()
    return isHandleAll ? this.handle() : this.#runSteps()
  }

  async #runSteps(): Promise<void> {
    this.#publish(events.started)
    try {
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
    } catch (error) {
      this.#publish(events.failed, error)
      throw error
    }
    this.#publish(events.finished)
  }

  #publish(channel: Channel, error?: unknown): void {
    if (!channel.hasSubscribers) return
    const { server, request, clientAddress } = this
    const thread = currentThread().name
    channel.publish({ server, request, clientAddress, thread, ...(error !== undefined && { error }) })
  }

  /**
   * Finishes this request in a child process, which runs `setup()`, `method` with `args`, and `finish()` of a new handler of
   * this class; called in `handle()`, which then returns. Resolves when the child has the request: from then on nothing
   * here can use it, and the server goes on to the next one. Bytes that were received and not read go along.
   * The class and `method` are subject to what `ForkingMixIn` says; `args` are copied. What the child throws is reported there.
   * Follows Python's documentation: "doing an explicit fork in the request handler class handle() method".
   * @throws {TypeError} if the handler has no such method.
   * @throws {SocketServerError} ERR_NOT_EXPORTED, ERR_CHILD_DIED; ERR_UNSUPPORTED in a thread without koffi.
   */
  protected async fork(method: keyof this & string, ...args: unknown[]): Promise<void> {
    if (typeof this[method] !== 'function') {
      throw new TypeError(
        `Cannot fork to "${method}": ${this.constructor.name} must have a method of that name`,
      )
    }
    await forkRequest(this as never, method, args)
  }

  /** Whether `handle()` has thrown; for a `finish()` of yours. */
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
) => { run: () => void | Promise<void> }

function hasObservers(): boolean {
  return events.started.hasSubscribers || events.finished.hasSubscribers || events.failed.hasSubscribers
}
