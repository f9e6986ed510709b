import { inspect } from 'node:util'
import { events } from '../events.ts'
import { formatAddress, type InetAddress } from '../sockets/address.ts'
import type { RequestHandlerClass } from '../handlers/base-request-handler.ts'
import { alreadyServingError, isSystemError, notMainError, SystemExit } from '../errors.ts'
import { BackgroundWork } from './background-work.ts'
import { isCalledWithin, named, WorkNames } from './current-work.ts'
import { isImportingProgram } from '../remote/import-class.ts'
import { finisherOf, report, shutDown } from './finish-request.ts'
import type { LoopControl, ServeForeverOptions, ServerCloseOptions } from './loop-control.ts'
import { settlesWithin } from './settles-within.ts'
import { PendingQueue } from '../sockets/pending-queue.ts'

const RULE = '-'.repeat(40)

/** A request and the address of the client that it came from. */
export type Accepted<Request, Address> = [request: Request, clientAddress: Address]

/**
 * The life cycle of every server: a loop that takes one request at a time and hands it to a handler.
 * Subclasses bring the socket: they override `serverBind()` and call `enqueue()` with each request that arrives.
 * Follows CPython's `socketserver.BaseServer`.
 */
export abstract class BaseServer<Request, Address = InetAddress> implements AsyncDisposable {
  /** The address to bind; after `listen()` the one that is bound, with the real port. */
  serverAddress: Address
  /** Makes the handler of each request; read anew for each, so it can be exchanged while serving. */
  RequestHandlerClass: RequestHandlerClass<Request, Address>
  /** Milliseconds that `handleRequest()` waits before it calls `handleTimeout()`; null, the default, or Infinity is for ever. */
  timeout: number | null = null
  /** How many requests may wait to be begun, 1024 by default; one more is refused. */
  maxPending = 1024

  /** Requests that have arrived and were not begun, or the system error of an arrival that failed. */
  protected readonly pending = new PendingQueue<Accepted<Request, Address> | Error>()
  #accepted = 0
  #refused = 0
  #serving: Promise<void> | null = null
  #stopRequested = false
  readonly #workNames = new WorkNames()
  readonly #background = new BackgroundWork()
  #listening: Promise<void> | null = null
  #ending = new AbortController()
  #elsewhere: LoopControl | null = null

  /** Stores its arguments and does no I/O. @throws {TypeError} if the handler is not a class. */
  constructor(serverAddress: Address, RequestHandlerClass: RequestHandlerClass<Request, Address>) {
    if (typeof RequestHandlerClass !== 'function') {
      throw new TypeError(
        `Cannot serve with handler ${inspect(RequestHandlerClass)}: a handler class is required`,
      )
    }
    this.serverAddress = serverAddress
    this.RequestHandlerClass = RequestHandlerClass
  }

  /** How many requests have arrived and were let into the line. */
  get acceptedRequests(): number {
    return this.#accepted
  }

  /** How many requests were refused by a limit, such as `maxPending`. */
  get refusedRequests(): number {
    return this.#refused
  }

  /** Aborted when `serverClose()` ends the requests that were not finished within its timeout. */
  get signal(): AbortSignal {
    return this.#ending.signal
  }

  /**
   * Binds and activates the server, and resolves when clients can reach it; for whoever wants to know the address before
   * the server serves, because `serveForever()` and `handleRequest()` call it too. Binding cannot be done in a constructor, as in CPython, because it is
   * asynchronous in Node. If it fails, `serverClose()` is called and the error thrown. Once listening, does nothing.
   * @throws {SocketServerError} ERR_NOT_MAIN in a thread or child process that imports the program, without which each
   * would start others; CPython's `multiprocessing` refuses it too. ERR_NOT_EXPORTED where threads or children cannot import
   * the classes; ERR_UNSUPPORTED where the system or Node lacks something; system errors such as EADDRINUSE as they are.
   * @throws {TypeError | RangeError} for an address or another variable that cannot be served with.
   */
  listen(): Promise<void> {
    if (this.#elsewhere !== null) return Promise.resolve()
    if (isImportingProgram()) return Promise.reject(notMainError())
    this.#listening ??= this.#listen()
    return this.#listening
  }

  readonly #listen = named(this.#workNames.loop, async (): Promise<void> => {
    if (this.#ending.signal.aborted) this.#ending = new AbortController()
    try {
      await this.serverBind()
      await this.serverActivate()
    } catch (error) {
      await this.serverClose()
      throw error
    }
    if (events.listening.hasSubscribers) {
      events.listening.publish({ server: this, address: this.serverAddress })
    }
  })

  /**
   * Listens if it has not yet, then serves requests until `shutdown()`, and resolves. Can be called again.
   * @throws {SocketServerError} ERR_ALREADY_SERVING, and what `listen()` throws.
   * @throws {RangeError} unless `pollInterval` is above 0.
   * @throws {SystemExit} when a handler throws it.
   */
  async serveForever({ pollInterval = 500, signals = [] }: ServeForeverOptions = {}): Promise<void> {
    if (!(pollInterval > 0)) {
      throw new RangeError(`Cannot poll every ${pollInterval} ms: a number above 0 is required`)
    }
    const stop = () => {
      ignore()
      void this.shutdown()
    }
    const ignore = () => {
      for (const signal of signals) process.off(signal, stop)
    }
    for (const signal of signals) process.on(signal, stop)
    try {
      const isOverridden = this.serviceActions !== BaseServer.prototype.serviceActions
      await this.#exclusively(() => this.#serve(isOverridden ? pollInterval : null, false))
    } finally {
      ignore()
    }
  }

  /** Tells the loop of `serveForever()` to stop and resolves when it has, after the request in progress. Called from
   * a handler that the loop waits for (not from a timer that it has set), it only tells. Without a loop it does nothing. */
  async shutdown(): Promise<void> {
    if (this.#elsewhere !== null) await this.#elsewhere.shutdown()
    if (this.#serving === null) return
    this.#stopRequested = true
    this.pending.interrupt()
    // Whoever called serveForever() sees its error; here only the end counts.
    if (!isCalledWithin([this.#workNames.loop])) await Promise.allSettled([this.#serving])
  }

  /**
   * Listens if it has not yet, and serves exactly one request; after `timeout` ms without one, `handleTimeout()`.
   * @throws {SocketServerError} ERR_ALREADY_SERVING, and what `listen()` throws.
   * @throws {SystemExit} when a handler throws it.
   */
  async handleRequest(): Promise<void> {
    await this.#exclusively(() => this.#serve(this.timeout, true))
  }

  async #exclusively(serve: () => Promise<void>): Promise<void> {
    if (this.#serving !== null || this.#elsewhere !== null) {
      throw alreadyServingError()
    }
    this.#stopRequested = false
    const serving = serve()
    this.#serving = serving
    try {
      await serving
    } finally {
      this.#serving = null
    }
  }

  /**
   * Ends the server: waits for the requests in progress, `timeout` ms at most, and closes its socket. Idempotent.
   * A subclass that overrides it calls it too.
   */
  async serverClose(options: ServerCloseOptions = {}): Promise<void> {
    const { timeout } = options
    await this.listeningSettled()
    this.#listening = null
    if (this.#elsewhere !== null) {
      await this.#elsewhere.serverClose(options)
      return
    }
    if (!(await settlesWithin(this.requestsEnded(), timeout))) this.#ending.abort()
    if (events.closed.hasSubscribers) events.closed.publish({ server: this })
  }

  /** Closes the server at the end of the block that it was declared in by `await using`, as `serverClose()` does. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.serverClose()
  }

  /** Called by `listen()` to bind `serverAddress`, and to set it to the address that is bound. */
  abstract serverBind(): void | Promise<void>

  /** Called by `listen()` after `serverBind()`; does nothing here. */
  serverActivate(): void | Promise<void> {}

  /** Called by the loop when a request waits; takes it, and gives it with the address of its client. */
  getRequest(): Accepted<Request, Address> | Promise<Accepted<Request, Address>> {
    const next = this.pending.shift()
    if (next instanceof Error) throw next
    return next ?? this.#nextRequest()
  }

  async #nextRequest(): Promise<Accepted<Request, Address>> {
    await this.pending.wait(null)
    return await this.getRequest()
  }

  /** Called by the loop with each request; false refuses it. Accepts every request here. */
  verifyRequest(_request: Request, _clientAddress: Address): boolean | Promise<boolean> {
    return true
  }

  /** Called by the loop with a verified request: finishes it and shuts it down. The loop waits for what this returns. */
  processRequest(request: Request, clientAddress: Address): void | Promise<void> {
    const finished = this.finishRequest(request, clientAddress)
    return finished === undefined
      ? this.shutdownRequest(request)
      : finished.then(() => this.shutdownRequest(request))
  }

  /** Called by `processRequest()`: makes the handler and runs it. */
  finishRequest(request: Request, clientAddress: Address): void | Promise<void> {
    return new this.RequestHandlerClass(request, clientAddress, this as never).run()
  }

  /** Called when a request is over or refused; calls `closeRequest()`. */
  shutdownRequest(request: Request): void | Promise<void> {
    return this.closeRequest(request)
  }

  /** Called by `shutdownRequest()` to release the request; does nothing here. */
  closeRequest(_request: Request): void | Promise<void> {}

  /** Called with what a handler, `verifyRequest()` or `processRequest()` has thrown; prints it to standard error. */
  handleError(_request: Request, clientAddress: Address, error: unknown): void | Promise<void> {
    const from = `Exception occurred during processing of request from ${formatAddress(clientAddress)}`
    console.error(`${RULE}\n${from}\n${inspect(error)}\n${RULE}`)
  }

  /** Called by `handleRequest()` when no request came within `timeout`; does nothing here. */
  handleTimeout(): void | Promise<void> {}

  /** Called by `serveForever()` after each request and, if overridden, every `pollInterval`; does nothing here. */
  serviceActions(): void | Promise<void> {}

  /** Resolves when a `listen()` that is under way has ended, so that what it opens can be closed. */
  protected async listeningSettled(): Promise<void> {
    if (this.#listening !== null && !this.isCalledFromWithin()) await Promise.allSettled([this.#listening])
  }

  /** Called by a subclass with each request that arrives; false if the line is full and the request is refused. */
  protected enqueue(request: Request, clientAddress: Address): boolean {
    if (this.pending.size >= this.maxPending) return this.refused(request, clientAddress)
    if (events.accepted.hasSubscribers) events.accepted.publish({ server: this, request, clientAddress })
    this.#accepted++
    this.pending.push([request, clientAddress])
    return true
  }

  /** Counts a request that a limit keeps out, which the caller then ends; gives false. */
  protected refused(request: Request, clientAddress: Address): false {
    if (events.refused.hasSubscribers) events.refused.publish({ server: this, request, clientAddress })
    this.#refused++
    return false
  }

  /**
   * Finishes a request, reports what it throws, and shuts it down, while the loop goes on; `serverClose()` waits for it.
   * A {@link SystemExit} ends only the request. Follows CPython's `ThreadingMixIn.process_request_thread`.
   */
  protected processInBackground(request: Request, clientAddress: Address): void {
    this.#background.begin()
    void this.#finishInBackground(request, clientAddress)
  }

  readonly #finishInBackground = named(
    this.#workNames.background,
    finisherOf<Request, Address>(this, () => {
      this.#background.end()
      this.backgroundRequestEnded()
    }),
  )

  /** Called when a request that was served in the background is over; does nothing here. */
  protected backgroundRequestEnded(): void {}

  /**
   * @internal Lets a server stand for the one whose loop `control` reaches; with null, for itself again.
   * @throws {SocketServerError} ERR_ALREADY_SERVING if it listens already.
   */
  static serveElsewhere(server: BaseServer<unknown, unknown>, control: LoopControl | null): void {
    if (control !== null && (server.#elsewhere !== null || server.#listening !== null)) {
      throw alreadyServingError()
    }
    server.#elsewhere = control
  }

  /** @internal Aborts the signal of the server's requests. */
  static abortRequests(server: BaseServer<unknown, unknown>): void {
    server.#ending.abort()
  }

  /** Runs `action` as a part of a request: a `serverClose()` in it does not wait for the requests in progress. */
  protected runInBackground(action: () => Promise<void>): Promise<void> {
    return this.#runInBackground(action)
  }

  readonly #runInBackground = named(
    this.#workNames.background,
    async (action: () => Promise<void>): Promise<void> => {
      await action()
    },
  )

  /** @internal `runInBackground()` for what a thread asks for. */
  static runInBackgroundOf(server: BaseServer<unknown, unknown>, action: () => Promise<void>): Promise<void> {
    return server.runInBackground(action)
  }

  /** Tells the loop to stop, and resolves when it has and nothing of a request is left that `serverClose()` waits for. */
  protected async requestsEnded(): Promise<void> {
    const ended = [this.shutdown()]
    if (!this.isCalledFromWithin()) ended.push(this.#background.ended())
    await Promise.all(ended)
  }

  /** Makes `serverClose()` wait for `work`, which must not reject, unless it is called from within a request. */
  protected holdClose(work: Promise<void>): void {
    this.#background.begin()
    void work.then(() => {
      this.#background.end()
    })
  }

  /** @internal `holdClose()` for a request that its handler has given to a child process. */
  static holdCloseOf(server: BaseServer<unknown, unknown>, work: Promise<void>): void {
    server.holdClose(work)
  }

  /** Whether the caller is part of what `serverClose()` would wait for. */
  protected isCalledFromWithin(): boolean {
    return isCalledWithin([this.#workNames.loop, this.#workNames.background])
  }

  // One function for all steps of all requests: each function that is awaited costs a promise and a turn of the queue, so
  // there is an await only where there is something to wait for.
  readonly #serve = named(
    this.#workNames.loop,
    async (waitMs: number | null, isOnlyOne: boolean): Promise<void> => {
      await this.listen()
      while (!this.#stopRequested) {
        const result = this.pending.size > 0 ? 'ready' : await this.pending.wait(waitMs)
        if (this.#stopRequested) return
        if (result === 'ready') {
          try {
            const accepted = this.getRequest()
            // By index, because taking an array apart makes an iterator and an object for each element.
            const taken = accepted instanceof Promise ? await accepted : accepted
            const request = taken[0]
            const clientAddress = taken[1]
            try {
              const verified = this.verifyRequest(request, clientAddress)
              if (typeof verified === 'boolean' ? verified : await verified) {
                // Its two steps without the promise that joins them, where no subclass has another way.
                const isPlain = this.processRequest === BaseServer.prototype.processRequest
                const processed = isPlain
                  ? this.finishRequest(request, clientAddress)
                  : this.processRequest(request, clientAddress)
                if (processed !== undefined) await processed
                const closed = isPlain ? this.shutdownRequest(request) : undefined
                if (closed !== undefined) await closed
              } else {
                await shutDown(this, request)
              }
            } catch (error) {
              await this.#fail(request, clientAddress, error)
            }
          } catch (error) {
            if (!isSystemError(error)) throw error
          }
        } else if (isOnlyOne && result === 'timeout') {
          await this.handleTimeout()
        }
        if (isOnlyOne) return
        const acted = this.serviceActions()
        if (acted !== undefined) await acted
      }
    },
  )

  async #fail(request: Request, clientAddress: Address, error: unknown): Promise<void> {
    if (!(error instanceof SystemExit)) await report(this, request, clientAddress, error)
    await shutDown(this, request)
    if (error instanceof SystemExit) throw error
  }
}
