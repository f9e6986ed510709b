import { SocketServerError } from '../errors.ts'
import { ReceiveQueue } from './receive-queue.ts'
import { isBounded } from './timeout.ts'

const HIGH_WATER_BYTES = 128 * 1024
const LOW_WATER_BYTES = 32 * 1024

/**
 * Takes a value from what has arrived, or null while more is needed; throws if more will not come (`ended`). `size` is the
 * number that the read was called with, so that a read needs no function of its own.
 */
type Attempt<T> = (queue: ReceiveQueue, ended: boolean, size: number) => T | null

/** What a receiver holds back and lets go on. */
interface Source {
  pause: () => unknown
  resume: () => unknown
}

const NOTHING = new ReceiveQueue()

/** A queue that is empty; one is enough, because most are emptied as soon as something has arrived. */
let spare: ReceiveQueue | null = null

function takeSpare(): ReceiveQueue {
  const queue = spare ?? new ReceiveQueue()
  spare = null
  return queue
}

/** The receiving half of a stream: what has arrived, the one read that waits for more, and the flow from the socket. */
export class Receiver {
  /** Null while nothing has arrived that was not read: a server may have many connections that are idle. */
  #queue: ReceiveQueue | null = null
  readonly #source: Source
  /** Why no more will arrive: the end of the stream, or what later reads reject with; false while more may. */
  #ended: boolean | 'closed' | Error = false
  /** The one read that waits; it rejects by resolving to a promise that does, which spares it a second function. */
  #settle: ((value: unknown) => void) | null = null
  #attempt: Attempt<unknown> = takeNothing
  #size = 0
  #timer: NodeJS.Timeout | null = null
  #paused = true
  #highWaterBytes = HIGH_WATER_BYTES
  timeoutMs: number | null = null

  /** `source` starts paused and is resumed by {@link start} or by the first read that has to wait. */
  constructor(source: Source) {
    this.#source = source
  }

  /** A receiver of bytes that are all there, such as a datagram. */
  static of(data: Buffer): Receiver {
    const receiver = new Receiver({ pause: () => {}, resume: () => {} })
    receiver.push(data)
    receiver.end(null)
    return receiver
  }

  /** How many unread bytes may wait in memory before the socket stops reading. */
  set highWaterBytes(bytes: number) {
    this.#highWaterBytes = bytes
  }

  /** Whether nothing has arrived, and nothing has been read or waited for. */
  get isUnused(): boolean {
    return this.#paused && this.#queue === null && this.#settle === null && this.#ended === false
  }

  start(): void {
    if (!this.#paused || this.#ended !== false) return
    this.#paused = false
    this.#source.resume()
  }

  push(chunk: Buffer): void {
    if (this.#ended !== false) return
    const queue = (this.#queue ??= takeSpare())
    queue.push(chunk)
    if (this.#settle !== null) this.#retry()
    if (queue.length > this.#highWaterBytes && this.#settle === null && !this.#paused) {
      this.#paused = true
      this.#source.pause()
    }
  }

  /** No more will arrive: null at an orderly end of the stream, otherwise what later reads reject with. */
  end(error: Error | null): void {
    if (this.#ended !== false) return
    this.#ended = error ?? true
    if (this.#settle === null) return
    if (error === null) this.#retry()
    else this.#takeWaiting()(Promise.reject(error))
  }

  /** The socket is closed on this side; unless the stream had ended before, reads reject with ERR_SOCKET_CLOSED. */
  close(): void {
    if (this.#ended !== false) return
    this.#ended = 'closed'
    if (this.#settle !== null) this.#takeWaiting()(Promise.reject(closedError()))
  }

  /** Gives a copy of what has arrived and was not read yet, and closes: the socket goes to another thread or process. */
  detach(): Uint8Array | null {
    const unread = this.#queue?.takeAll() ?? null
    this.close()
    return unread === null ? null : new Uint8Array(unread)
  }

  /** Resolves at once when `attempt` has a value. @throws {SocketServerError} ERR_READ_IN_PROGRESS, ERR_SOCKET_TIMEOUT */
  read<T>(attempt: Attempt<T>, size = 0): Promise<T> {
    if (this.#settle !== null) {
      return Promise.reject(
        new SocketServerError(
          'ERR_READ_IN_PROGRESS',
          'Cannot read while another read waits: await the first one',
        ),
      )
    }
    try {
      const value = this.#try(attempt, size)
      if (value !== null) return Promise.resolve(value)
    } catch (error) {
      return Promise.reject(error)
    }
    if (this.#ended instanceof Error) return Promise.reject(this.#ended)
    if (this.#ended === 'closed') return Promise.reject(closedError())
    return this.#wait(attempt, size)
  }

  #try<T>(attempt: Attempt<T>, size: number): T | null {
    const queue = this.#queue ?? NOTHING
    const value = attempt(queue, this.#ended === true, size)
    if (this.#paused && queue.length <= LOW_WATER_BYTES) this.start()
    if (queue.length === 0) this.#giveBack()
    return value
  }

  #giveBack(): void {
    if (this.#queue === null) return
    spare = this.#queue
    this.#queue = null
  }

  #wait<T>(attempt: Attempt<T>, size: number): Promise<T> {
    this.start()
    const value = new Promise<T>(keepResolve)
    this.#settle = keptResolve
    this.#attempt = attempt
    this.#size = size
    if (isBounded(this.timeoutMs)) this.#timer = this.#timeOut(this.timeoutMs)
    return value
  }

  #timeOut(timeoutMs: number): NodeJS.Timeout {
    return setTimeout(() => {
      const error = new SocketServerError('ERR_SOCKET_TIMEOUT', `Nothing was received within ${timeoutMs} ms`)
      this.#takeWaiting()(Promise.reject(error))
    }, timeoutMs)
  }

  /** After an arrival or the end of the stream. */
  #retry(): void {
    try {
      const value = this.#try(this.#attempt, this.#size)
      if (value !== null) this.#takeWaiting()(value)
      else if (this.#paused) this.start()
    } catch (error) {
      this.#takeWaiting()(Promise.reject(error))
    }
  }

  #takeWaiting(): (value: unknown) => void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const settle = this.#settle ?? (() => {})
    this.#settle = null
    return settle
  }
}

// Made only for a read that needs it: an error costs a stack, and every connection is closed once.
function closedError(): SocketServerError {
  return new SocketServerError('ERR_SOCKET_CLOSED', 'Cannot receive: the socket is closed')
}

/** What resolves the promise that was made last: a read that waits needs no function of its own to take it out. */
let keptResolve: (value: unknown) => void = () => {}

function keepResolve(resolve: (value: never) => void): void {
  keptResolve = resolve as (value: unknown) => void
}

function takeNothing(): null {
  return null
}
