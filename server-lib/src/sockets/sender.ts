import type { Writable } from 'node:stream'
import { SocketServerError } from '../errors.ts'
import { events } from '../events.ts'
import type { SilenceLimit } from './silence-limit.ts'
import { isBounded } from './timeout.ts'

const EMPTY = Buffer.alloc(0)

/** Writes that follow the first one of a tick are copied into one buffer of this size and sent together. */
const BATCH_BYTES = 16 * 1024

/**
 * What the turn of the event loop has seen: nothing yet, so that the next write goes straight to the kernel or, after a turn
 * of several writes, waits for others; one write, sent or batched; or several.
 */
type Turn = 'send' | 'batch' | 'sent' | 'batched' | 'several'

/** A batch that the kernel has taken whole; one is enough, because a batch is filled within one tick. */
let spare: Buffer | null = null

function takeSpare(): Buffer {
  const batch = spare ?? Buffer.allocUnsafeSlow(BATCH_BYTES)
  spare = null
  return batch
}

/** What a sender writes to. */
interface Outlet extends Writable {
  setNoDelay: (noDelay: boolean) => unknown
}

/** A write that waits for the kernel. */
interface Waiter {
  readonly reject: (error: Error) => void
  timer: NodeJS.Timeout | null
}

/**
 * The sending half of a stream: the first write of a tick goes straight to the kernel, later ones go together; after a tick
 * with several writes the next one's go together from the first.
 */
export class Sender {
  #socket: Outlet
  readonly #request: object
  #batch: Buffer | null = null
  #batchLength = 0
  #turn: Turn = 'send'
  #failure: Error | null = null
  #waiters: Set<Waiter> | null = null
  /** Hears of all that is sent. */
  silence: SilenceLimit | null = null
  timeoutMs: number | null = null

  /** `request` is what the events of a server call the connection. */
  constructor(socket: Outlet, request: object) {
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
    if (this.#turn === 'send') {
      this.#begin('sent')
      this.#write(bytes)
    } else {
      if (this.#turn === 'batch') this.#begin('batched')
      else this.#turn = 'several'
      this.#join(bytes)
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
    this.#writeOn(batch.subarray(0, length))
    if (this.#socket.writableLength === 0) spare = batch
  }

  /** @internal The tick is over in which there was a write. */
  static endTick(sender: Sender): void {
    sender.#turn = sender.#turn === 'several' ? 'batch' : 'send'
    sender.flush()
  }

  /** Hands over to the kernel what was batched, and sends through `socket` from now on. */
  redirect(socket: Outlet): void {
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

  #begin(turn: Turn): void {
    this.#turn = turn
    process.nextTick(onTick, this)
  }

  #join(bytes: Uint8Array): void {
    if (this.#batchLength + bytes.length > BATCH_BYTES) {
      this.flush()
      this.#writeOn(bytes)
      return
    }
    this.#batch ??= takeSpare()
    this.#batch.set(bytes, this.#batchLength)
    this.#batchLength += bytes.length
  }

  #write(bytes: Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(bytes)
  }

  /**
   * What follows another write of its tick. Nagle's algorithm would hold it until the peer has acknowledged that one, and
   * a peer that waits for the whole reply delays this (40 ms in Linux); small writes are joined already.
   */
  #writeOn(bytes: Uint8Array): void {
    this.#socket.setNoDelay(true)
    this.#write(bytes)
  }

  /** Resolves when the kernel has taken all that was written up to now. */
  #taken(length: number): Promise<number> {
    this.flush()
    const taken = new Promise<number>((resolve, reject) => {
      const waiter: Waiter = { reject, timer: null }
      const timeoutMs = this.timeoutMs
      if (isBounded(timeoutMs)) {
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
