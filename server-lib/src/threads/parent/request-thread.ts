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
import { type DescriptorCalls, DescriptorSlot } from './descriptors.ts'
import { isDatagram, parcelOf } from './request-message.ts'
import { ToldState } from './told-state.ts'
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

interface Task {
  name: string
  resolve: () => void
  reject: (error: unknown) => void
}

/** A worker thread that serves requests, one at a time, and stays for the next. */
export class RequestThread {
  /** Resolves when the thread can serve. @throws {SocketServerError} ERR_THREAD_ENDED; or why it cannot. */
  readonly ready: Promise<void>
  /** Resolves when the thread has ended, for whatever reason, and its bridged connections are closed. */
  readonly ended: Promise<void>
  readonly #worker: Worker
  readonly #slot = new DescriptorSlot()
  readonly #told = new ToldState()
  #lent: LentDescriptor | null = null
  readonly #bridges = new Set<Bridge>()
  /** The request in progress, or the start. */
  #task: Task | null = null
  /** Does what the handler asks of the server. */
  #perform: (call: Call) => Promise<unknown> = () => Promise.resolve()
  #failure: unknown = null
  #isHeld = false
  #isTerminated = false
  #hasEnded = false

  /** Starts the thread; while it is idle, it does not keep the process alive, nor ever if it is a daemon. */
  constructor(isDaemon: boolean) {
    const data: RequestThreadData = { threadCount: threadCount(), slot: this.#slot.buffer }
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
    this.ready = this.#begin('A thread', isDaemon)
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /**
   * Serves a request; resolves when the thread is free for the next one.
   * @throws {SocketServerError} ERR_THREAD_ENDED; or what has ended the thread, or has kept it from serving the request.
   */
  serve({ server, blueprint, request, clientAddress, calls, isDaemon }: ThreadJob): Promise<void> {
    const lent = this.#lend(request, calls)
    const { message, bridge, send } = parcelOf(request, this.#slot, calls, isDaemon)
    this.#perform = (call) => {
      if (call.method === 'send') return send?.(call.data, call.address) ?? Promise.resolve(0)
      // The server must not wait for the request of the handler that waits for the server.
      return BaseServer.runInBackgroundOf(server, () => performOnLoop(server, call))
    }
    const name = nextThreadName()
    const state = this.#told.changesOf(server, blueprint)
    try {
      const transfer = bridge === null ? [] : [bridge.port]
      this.#post({ kind: 'serve', name, state, request: message, lent, clientAddress }, transfer)
    } catch (error) {
      this.#told.forget()
      this.#lent?.end()
      this.#lent = null
      this.#slot.reclaim()
      bridge?.abort()
      throw error
    }
    if (bridge !== null) this.#track(bridge)
    return this.#begin(name, isDaemon)
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

  #begin(name: string, isDaemon: boolean): Promise<void> {
    if (isDaemon) this.#worker.unref()
    else this.#worker.ref()
    return new Promise((resolve, reject) => {
      this.#task = { name, resolve, reject }
    })
  }

  #receive(message: FromRequestThread): void {
    switch (message.kind) {
      case 'call':
        void answer(message, this.#perform).then((answered) => {
          this.#post(answered)
        })
        break
      case 'free':
        if (!this.#isHeld) this.#worker.unref()
        if (message.error === undefined) {
          this.#task?.resolve()
        } else {
          this.#slot.reclaim()
          this.#task?.reject(decodeError(message.error))
        }
        this.#task = null
        break
    }
  }

  #onExit(code: number): void {
    this.#slot.reclaim()
    this.#lent?.end()
    if (this.#isTerminated) {
      this.#task?.resolve()
    } else if (this.#task !== null) {
      this.#task.reject(
        this.#failure ?? threadEndedError(this.#task.name, code, 'it had finished its request'),
      )
    } else if (this.#failure !== null) {
      // Something that a finished request has left behind, such as a timer, has thrown.
      console.error(this.#failure)
    }
    this.#task = null
  }

  #post(message: ToRequestThread, transfer: MessagePort[] = []): void {
    this.#worker.postMessage(message, transfer)
  }
}
