import { Worker } from 'node:worker_threads'
import { events } from '../../events.ts'
import { nextThreadName, threadCount } from '../../concurrency/current-thread.ts'
import { decodeError } from '../../remote/error-message.ts'
import { type AnyClass, referenceTo } from '../../remote/class-reference.ts'
import { fieldsOf, type ServerBlueprint } from '../../remote/server-blueprint.ts'
import { BaseServer } from '../../servers/base-server.ts'
import type { LoopControl, ServerCloseOptions } from '../../servers/loop-control.ts'
import { alreadyServingError } from '../../errors.ts'
import { Calls } from '../calls.ts'
import { threadEndedError } from './thread-ended-error.ts'
import { workerOptions } from './worker-options.ts'
import type { FromLoopThread, LoopCall, ThreadData, ToLoopThread } from '../messages.ts'

const PROGRAM = new URL('../worker/serve-loop.js', import.meta.url)

/** A thread that runs a server's loop: what `serveInThread()` resolves to. */
export interface ServerThread {
  /** The name that `currentThread()` gives in it. */
  readonly name: string
  /** Resolves when the loop has ended; until then the process is kept alive. */
  readonly join: () => Promise<void>
}

/** A run of the loop, from its start to its end. */
interface Run {
  readonly name: string
  onListening: () => void
  /** Called instead of `onListening`; afterwards it does nothing. */
  onFailed: (error: unknown) => void
  onStopped: () => void
  readonly stopped: Promise<void>
}

/** A worker thread that holds a server's socket and runs its loop, for the server object that stays where it is. */
export class LoopThread implements LoopControl {
  readonly #server: BaseServer<unknown, unknown>
  readonly #worker: Worker
  readonly #calls = new Calls<LoopCall>((message) => {
    this.#post(message)
  })
  #run: Run | null = null
  #isListening = false
  /** How many wait for the thread; while somebody does, it keeps the process alive. */
  #waiting = 0
  #hasEnded = false

  /** Starts the thread. @throws {SocketServerError} ERR_ALREADY_SERVING */
  constructor(server: BaseServer<unknown, unknown>) {
    BaseServer.serveElsewhere(server, this)
    this.#server = server
    const data: ThreadData = { threadCount: threadCount() }
    this.#worker = new Worker(PROGRAM, workerOptions(data))
    this.#worker.unref()
    this.#worker.on('message', (message: FromLoopThread) => {
      this.#receive(message)
    })
    this.#worker.on('error', (error) => {
      if (this.#isListening) console.error(error)
      else this.#run?.onFailed(error)
    })
    this.#worker.on('exit', (code) => {
      this.#end()
      this.#run?.onFailed(threadEndedError(this.#run.name, code, 'the server listened'))
      this.#stop()
      this.#calls.resolveAll()
    })
  }

  /** Whether the server is closed and no longer the thread's. */
  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** Starts the loop and resolves when clients can reach the server. @throws {SocketServerError} ERR_ALREADY_SERVING */
  async serve(): Promise<ServerThread> {
    if (this.#run !== null) throw alreadyServingError()
    const name = nextThreadName()
    let onStopped = () => {}
    const stopped = new Promise<void>((resolve) => (onStopped = resolve))
    const listening = new Promise<void>((resolve, reject) => {
      this.#run = { name, onListening: resolve, onFailed: reject, onStopped, stopped }
    })
    try {
      const blueprint = await blueprintFor(this.#server)
      this.#post({ kind: 'serve', name, blueprint, fields: fieldsOf(this.#server) })
      await this.#awaited(listening)
    } catch (error) {
      this.#run = null
      this.#end()
      await this.#worker.terminate()
      throw error
    }
    return { name, join: () => this.#awaited(stopped) }
  }

  async shutdown(): Promise<void> {
    const stopped = this.#run?.stopped
    await this.#awaited(this.#calls.call({ method: 'shutdown' }))
    // The answer may be here before the end of the loop is known, after which it can be started again.
    await stopped
  }

  async serverClose(options: ServerCloseOptions): Promise<void> {
    await this.#awaited(this.#calls.call({ method: 'serverClose', options }))
    this.#end()
  }

  #receive(message: FromLoopThread): void {
    switch (message.kind) {
      case 'listening':
        this.#isListening = true
        this.#server.serverAddress = message.serverAddress
        if (events.listening.hasSubscribers) {
          events.listening.publish({ server: this.#server, address: message.serverAddress })
        }
        this.#run?.onListening()
        break
      case 'failed':
        this.#run?.onFailed(decodeError(message.error))
        break
      case 'stopped':
        this.#stop()
        break
      case 'answer':
        this.#calls.settle(message)
        break
    }
  }

  #stop(): void {
    this.#run?.onStopped()
    this.#run = null
  }

  // The server object stands for itself again, and may serve anywhere.
  #end(): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    BaseServer.serveElsewhere(this.#server, null)
  }

  async #awaited<T>(promise: Promise<T>): Promise<T> {
    if (this.#waiting++ === 0) this.#worker.ref()
    try {
      return await promise
    } finally {
      if (--this.#waiting === 0) this.#worker.unref()
    }
  }

  #post(message: ToLoopThread): void {
    this.#worker.postMessage(message)
  }
}

// Unlike for requests, a base class cannot stand in for the server's own: its mix-in decides how the loop serves.
async function blueprintFor(server: BaseServer<unknown, unknown>): Promise<ServerBlueprint> {
  return {
    server: await referenceTo(server.constructor as AnyClass),
    handler: await referenceTo(server.RequestHandlerClass),
    serverAddress: server.serverAddress,
  }
}
