import type { Writable } from 'node:stream'
import { SocketServerError } from '../errors.ts'

/** Writes that follow the first one of a tick are copied into one buffer of this size and sent together. */
const BATCH_BYTES = 16 * 1024

/** A batch that the kernel has taken whole; one is enough, because a batch is filled within one tick. */
let spare: Buffer | null = null

function takeSpare(): Buffer {
  const batch = spare ?? Buffer.allocUnsafeSlow(BATCH_BYTES)
  spare = null
  return batch
}

interface Waiter {
  resolve: () => void
  reject: (error: Error) => void
  timer: NodeJS.Timeout | null
}

/** The sending half of a stream: the first write of a tick goes straight to the kernel, later ones go together. */
export class Sender {
  #socket: Writable
  readonly #onSend: (data: Uint8Array) => void
  #batch: Buffer | null = null
  #batchLength = 0
  #direct = true
  #failure: Error | null = null
  #waiters: Waiter[] = []
  timeoutMs: number | null = null

  /** `onSend` hears of all that is sent. */
  constructor(socket: Writable, onSend: (data: Uint8Array) => void) {
    this.#socket = socket
    this.#onSend = onSend
  }

  /** Resolves to the length of `data` when the kernel has taken it or, of a small write, when it is in the batch. */
  send(data: Uint8Array | string): Promise<number> {
    if (this.#failure !== null) return rejected(this.#failure)
    // A reset is known to the socket a turn before it emits the error.
    if (!this.#socket.writable) return rejected(this.#socket.errored ?? closedError())
    const bytes = typeof data === 'string' ? Buffer.from(data) : data
    if (bytes.length === 0) return Promise.resolve(0)
    this.#onSend(bytes)
    if (this.#direct) {
      this.#direct = false
      process.nextTick(this.#onTick)
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

  /** Hands over to the kernel what was batched, and sends through `socket` from now on. */
  redirect(socket: Writable): void {
    this.flush()
    this.#socket = socket
  }

  /** Nothing can be sent any more; writes that wait reject with `error`. */
  fail(error: Error): void {
    if (this.#failure !== null) return
    this.#failure = error
    this.#settle((waiter) => {
      waiter.reject(error)
    })
  }

  /** The socket is closed; without an error before, writes that wait reject with ERR_SOCKET_CLOSED. */
  close(): void {
    if (this.#waiters.length > 0) this.fail(closedError())
  }

  readonly #onTick = (): void => {
    this.#direct = true
    this.flush()
  }

  readonly #onWritten = (): void => {
    if (this.#waiters.length === 0 || this.#socket.writableLength > 0 || this.#failure !== null) return
    this.#settle((waiter) => {
      waiter.resolve()
    })
  }

  #write(bytes: Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(bytes, this.#onWritten)
  }

  #taken(length: number): Promise<number> {
    const taken = new Promise<number>((resolve, reject) => {
      const waiter: Waiter = {
        resolve: () => {
          resolve(length)
        },
        reject,
        timer: null,
      }
      const timeoutMs = this.timeoutMs
      if (timeoutMs !== null) {
        waiter.timer = setTimeout(() => {
          this.#waiters.splice(this.#waiters.indexOf(waiter), 1)
          reject(new SocketServerError('ERR_SOCKET_TIMEOUT', `Nothing was sent within ${timeoutMs} ms`))
        }, timeoutMs)
      }
      this.#waiters.push(waiter)
    })
    return observed(taken)
  }

  #settle(each: (waiter: Waiter) => void): void {
    const waiters = this.#waiters
    this.#waiters = []
    for (const waiter of waiters) {
      if (waiter.timer !== null) clearTimeout(waiter.timer)
      each(waiter)
    }
  }
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
