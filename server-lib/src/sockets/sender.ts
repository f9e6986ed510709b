import type { Writable } from 'node:stream'
import { SocketServerError } from '../errors.ts'
import { events } from '../events.ts'
import type { SilenceLimit } from './silence-limit.ts'

const EMPTY = Buffer.alloc(0)

/** Writes that follow the first one of a tick are copied into one buffer of this size and sent together. */
const BATCH_BYTES = 16 * 1024

/** A batch that the kernel has taken whole; one is enough, because a batch is filled within one tick. */
let spare: Buffer | null = null

function takeSpare(): Buffer {
  const batch = spare ?? Buffer.allocUnsafeSlow(BATCH_BYTES)
  spare = null
  return batch
}

/** A write that waits for the kernel. */
interface Waiter {
  readonly reject: (error: Error) => void
  timer: NodeJS.Timeout | null
}

/** The sending half of a stream: the first write of a tick goes straight to the kernel, later ones go together. */
export class Sender {
  #socket: Writable
  readonly #request: object
  #batch: Buffer | null = null
  #batchLength = 0
  #direct = true
  #failure: Error | null = null
  #waiters: Set<Waiter> | null = null
  /** Hears of all that is sent. */
  silence: SilenceLimit | null = null
  timeoutMs: number | null = null

  /** `request` is what the events of a server call the connection. */
  constructor(socket: Writable, request: object) {
    this.#socket = socket
    this.#request = request
  }

  /** Resolves to the length of `data` when the kernel has taken it or, of a small write, when it is in the batch. */
  send(data: Uint8Array | string): Promise<number> {
    if (this.#failure !== null) return rejected(this.#failure)
    // A reset is known to the socket a turn before it emits the error.
    if (!this.#socket.writable) return rejected(this.#socket.errored ?? closedError())
    const bytes = typeof data === 'string' ? Buffer.from(data) : data
    if (bytes.length === 0) return Promise.resolve(0)
    this.silence?.sent()
    if (events.sent.hasSubscribers) events.sent.publish({ request: this.#request, data: bytes })
    if (this.#direct) {
      this.#direct = false
      process.nextTick(onTick, this)
      this.#write(bytes)
    } else if (this.#batchLength + bytes.length > BATCH_BYTES) {
      this.flush()
      this.#write(bytes)
    } else {
      this.#batch ??= takeSpare()
      this.#batch.set(bytes, this.#batchLength)
      this.#batchLength += bytes.length
    }
    if (this.#socket.writableLength === 0) return Promise.resolve(bytes.length)
    return this.#taken(bytes.length)
  }

  /** Hands what was batched to the kernel now. */
  flush(): void {
    const batch = this.#batch
    if (batch === null) return
    const length = this.#batchLength
    this.#batch = null
    this.#batchLength = 0
    this.#write(batch.subarray(0, length))
    if (this.#socket.writableLength === 0) spare = batch
  }

  /** @internal The tick is over in which the first write went straight to the kernel. */
  static endTick(sender: Sender): void {
    sender.#direct = true
    sender.flush()
  }

  /** Hands over to the kernel what was batched, and sends through `socket` from now on. */
  redirect(socket: Writable): void {
    this.flush()
    this.#socket = socket
  }

  /** Nothing can be sent any more; writes that wait reject with `error`. */
  fail(error: Error): void {
    if (this.#failure !== null) return
    this.#failure = error
    const waiters = this.#waiters
    this.#waiters = null
    waiters?.forEach((waiter) => {
      if (waiter.timer !== null) clearTimeout(waiter.timer)
      waiter.reject(error)
    })
  }

  /** The socket is closed; without an error before, writes that wait reject with ERR_SOCKET_CLOSED. */
  close(): void {
    if (this.#waiters !== null) this.fail(closedError())
  }

  #write(bytes: Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(bytes)
  }

  /** Resolves when the kernel has taken all that was written up to now. */
  #taken(length: number): Promise<number> {
    this.flush()
    const taken = new Promise<number>((resolve, reject) => {
      const waiter: Waiter = { reject, timer: null }
      const timeoutMs = this.timeoutMs
      if (timeoutMs !== null) {
        waiter.timer = setTimeout(() => {
          this.#waiters?.delete(waiter)
          reject(new SocketServerError('ERR_SOCKET_TIMEOUT', `Nothing was sent within ${timeoutMs} ms`))
        }, timeoutMs)
      }
      this.#waiters ??= new Set()
      this.#waiters.add(waiter)
      // A write calls back when it is done, and those before it; without bytes of its own it can come after all of them.
      this.#socket.write(EMPTY, (error) => {
        // After an error fail() or close() is called.
        if (error !== null && error !== undefined) return
        if (this.#waiters?.delete(waiter) !== true) return
        if (waiter.timer !== null) clearTimeout(waiter.timer)
        resolve(length)
      })
    })
    return observed(taken)
  }
}

function onTick(sender: Sender): void {
  Sender.endTick(sender)
}

// A handler may pipeline writes without awaiting each; a client that vanishes must then not end the whole process
// as an unhandled rejection. Whoever does await the write still sees it reject.
function observed<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}

function closedError(): SocketServerError {
  return new SocketServerError('ERR_SOCKET_CLOSED', 'Cannot send: the write side is closed')
}

function rejected(error: Error): Promise<never> {
  return observed(Promise.reject(error))
}
