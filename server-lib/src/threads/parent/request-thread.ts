import { type MessagePort, Worker } from 'node:worker_threads'
import { nextThreadName, threadCount } from '../../concurrency/current-thread.ts'
import { decodeError } from '../../remote/error-message.ts'
import type { ServerBlueprint } from '../../remote/server-blueprint.ts'
import { BaseServer } from '../../servers/base-server.ts'
import { DatagramSocket } from '../../sockets/datagram-socket.ts'
import { UdpTransport } from '../../sockets/udp-transport.ts'
import { answer, performOnLoop } from '../calls.ts'
import type { Call, FromRequestThread, LentMessage, RequestThreadData, ToRequestThread } from '../messages.ts'
import type { Bridge } from './bridge.ts'
import { LentDescriptor } from './lent-descriptor.ts'
import type { DescriptorCalls, DescriptorSlot } from './descriptors.ts'
import { isDatagram, parcelOf, queuedParcelOf } from './request-message.ts'
import { ToldState } from './told-state.ts'
import { ThreadTasks } from './thread-tasks.ts'
import { threadEndedError } from './thread-ended-error.ts'
import { workerOptions } from './worker-options.ts'

const PROGRAM = new URL('../worker/serve-requests.js', import.meta.url)

/** A request for a thread, and the server that it belongs to. */
export interface ThreadJob {
  server: BaseServer<unknown, unknown>
  blueprint: ServerBlueprint
  request: unknown
  clientAddress: unknown
  /** Null where a connection cannot be handed over. */
  calls: DescriptorCalls | null
  /** Whether the process may end while the request is served. */
  isDaemon: boolean
}

/** A worker thread that serves requests, one at a time, and stays for the next. */
export class RequestThread {
  /** Resolves when the thread can serve. @throws {SocketServerError} ERR_THREAD_ENDED; or why it cannot. */
  readonly ready: Promise<unknown>
  /** Resolves when the thread has ended, for whatever reason, and its bridged connections are closed. */
  readonly ended: Promise<void>
  readonly #worker: Worker
  readonly #tasks = new ThreadTasks()
  readonly #told = new ToldState()
  #lent: LentDescriptor | null = null
  readonly #bridges = new Set<Bridge>()
  /** Does what the handler asks of the server. */
  #perform: (call: Call) => Promise<unknown> = () => Promise.resolve()
  #failure: unknown = null
  #isHeld = false
  #isTerminated = false
  #hasEnded = false

  /** Starts the thread; while it is idle, it does not keep the process alive, nor ever if it is a daemon. */
  constructor(isDaemon: boolean) {
    const data: RequestThreadData = { threadCount: threadCount(), slots: this.#tasks.words }
    this.#worker = new Worker(PROGRAM, workerOptions(data))
    this.#worker.on('message', (message: FromRequestThread) => {
      this.#receive(message)
    })
    this.#worker.on('error', (error) => {
      this.#failure = error
    })
    this.ended = new Promise((resolve) => {
      this.#worker.on('exit', (code) => {
        this.#hasEnded = true
        this.#onExit(code)
        resolve(this.#bridgesClosed())
      })
    })
    this.ready = this.#begin('A thread', this.#tasks.freeSlot, () => {}, isDaemon)
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  get isIdle(): boolean {
    return this.#tasks.isIdle
  }

  /** Whether a request can be put into its queue. */
  get hasRoom(): boolean {
    return this.#tasks.hasRoom && !this.#hasEnded && !this.#isTerminated
  }

  /** Grows from each begin of a request, in whatever thread, to the next. */
  get lastBegin(): number {
    return this.#tasks.lastBegin
  }

  /**
   * Serves a request, or puts it into the queue of a thread that {@link hasRoom}; resolves when the thread is free for the
   * next one, to whether it has served this one: false if it was withdrawn or the thread has ended before it was begun.
   * @throws {SocketServerError} ERR_THREAD_ENDED; or what has ended the thread, or has kept it from serving the request.
   */
  serve({ server, blueprint, request, clientAddress, calls, isDaemon }: ThreadJob): Promise<boolean> {
    const isQueued = !this.isIdle
    if (isQueued && !this.hasRoom) return Promise.resolve(false)
    const slot = this.#tasks.freeSlot
    const lent = this.#lend(request, calls)
    const parcel = isQueued ? queuedParcelOf(request, slot, calls) : parcelOf(request, slot, calls, isDaemon)
    if (parcel === null) return Promise.resolve(false)
    const { message, bridge, send, claimed } = parcel
    this.#perform = (call) => {
      if (call.method === 'send') return send?.(call.data, call.address) ?? Promise.resolve(0)
      // The server must not wait for the request of the handler that waits for the server.
      return BaseServer.runInBackgroundOf(server, () => performOnLoop(server, call))
    }
    const name = nextThreadName()
    const state = this.#told.changesOf(server, blueprint)
    try {
      const transfer = bridge === null ? [] : [bridge.port]
      this.#post({ kind: 'serve', name, isQueued, state, request: message, lent, clientAddress }, transfer)
    } catch (error) {
      this.#told.forget()
      this.#lent?.end()
      this.#lent = null
      slot.reclaim()
      bridge?.abort()
      throw error
    }
    if (bridge !== null) this.#track(bridge)
    return this.#begin(name, slot, claimed, isDaemon)
  }

  /** Takes the request out of the queue, whose `serve()` then resolves to false; whether there was one that was not begun. */
  withdraw(): boolean {
    const withdrawn = this.#tasks.withdraw()
    this.#unrefIfIdle()
    withdrawn?.resolve(false)
    return withdrawn !== null
  }

  /** Lets the thread end when its request is finished and its connections are closed. */
  end(): void {
    this.#post({ kind: 'end' })
  }

  /** Aborts the signal of the handler. */
  abort(): void {
    this.#post({ kind: 'abort' })
  }

  /** Keeps the process alive until the thread has ended. */
  hold(): void {
    this.#isHeld = true
    this.#worker.ref()
  }

  /** Ends the thread, whatever it does; its request resolves. */
  async terminate(): Promise<void> {
    this.#isTerminated = true
    await this.#worker.terminate()
    for (const bridge of this.#bridges) bridge.abort()
    await this.ended
  }

  /** What the thread has to be lent for this request; null if it has it, or there is nothing to lend. */
  #lend(request: unknown, calls: DescriptorCalls | null): LentMessage | null {
    const transport = isDatagram(request) ? DatagramSocket.transportOf(request[1]) : null
    if (!(transport instanceof UdpTransport) || calls === null) return null
    if (this.#lent?.transport === transport) return null
    this.#lent?.end()
    this.#lent = LentDescriptor.of(transport, calls)
    return this.#lent?.message ?? null
  }

  #track(bridge: Bridge): void {
    this.#bridges.add(bridge)
    void bridge.closed.then(() => this.#bridges.delete(bridge))
  }

  async #bridgesClosed(): Promise<void> {
    await Promise.all([...this.#bridges].map((bridge) => bridge.closed))
  }

  #begin(name: string, slot: DescriptorSlot, claimed: () => void, isDaemon: boolean): Promise<boolean> {
    if (isDaemon) this.#worker.unref()
    else this.#worker.ref()
    return new Promise((resolve, reject) => {
      this.#tasks.add({ name, slot, claimed, resolve, reject })
    })
  }

  #unrefIfIdle(): void {
    if (this.isIdle && !this.#isHeld) this.#worker.unref()
  }

  #receive(message: FromRequestThread): void {
    switch (message.kind) {
      case 'call':
        void answer(message, this.#perform).then((answered) => {
          this.#post(answered)
        })
        break
      case 'claimed':
        this.#tasks.beginQueued()
        break
      case 'passed':
        this.#tasks.passed()
        break
      case 'free': {
        const task = this.#tasks.finish()
        if (message.hasClaimed) this.#tasks.beginQueued()
        this.#unrefIfIdle()
        if (message.error === undefined) {
          task?.resolve(true)
        } else {
          task?.slot.reclaim()
          task?.reject(decodeError(message.error))
        }
        break
      }
    }
  }

  #onExit(code: number): void {
    this.withdraw()
    const tasks = this.#tasks.end()
    this.#lent?.end()
    for (const { name, resolve, reject } of tasks) {
      if (this.#isTerminated) resolve(true)
      else reject(this.#failure ?? threadEndedError(name, code, 'it had finished its request'))
    }
    // Something that a finished request has left behind, such as a timer, has thrown.
    if (tasks.length === 0 && this.#failure !== null && !this.#isTerminated) console.error(this.#failure)
  }

  #post(message: ToRequestThread, transfer: MessagePort[] = []): void {
    this.#worker.postMessage(message, transfer)
  }
}
