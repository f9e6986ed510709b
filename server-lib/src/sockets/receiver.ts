import { SocketServerError } from '../errors.ts'
import { ReceiveQueue } from './receive-queue.ts'

const HIGH_WATER_BYTES = 128 * 1024
const LOW_WATER_BYTES = 32 * 1024

/** Takes a value from what has arrived, or null while more is needed; throws if more will not come (`ended`). */
type Attempt<T> = (queue: ReceiveQueue, ended: boolean) => T | null

interface Waiting {
  /** Tries again after an arrival; true when the read has been settled. */
  retry: () => boolean
  reject: (error: Error) => void
}

/** The receiving half of a stream: what has arrived, the one read that waits for more, and the flow from the socket. */
export class Receiver {
  readonly #queue = new ReceiveQueue()
  readonly #source: { pause: () => unknown; resume: () => unknown }
  #ended = false
  #error: Error | null = null
  #closed = false
  #waiting: Waiting | null = null
  #paused = true
  #highWaterBytes = HIGH_WATER_BYTES
  timeoutMs: number | null = null

  /** `source` starts paused and is resumed by {@link start} or by the first read that has to wait. */
  constructor(source: { pause: () => unknown; resume: () => unknown }) {
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

  start(): void {
    if (!this.#paused || this.#ended) return
    this.#paused = false
    this.#source.resume()
  }

  push(chunk: Buffer): void {
    if (this.#ended) return
    this.#queue.push(chunk)
    if (this.#waiting !== null && !this.#waiting.retry() && this.#paused) this.start()
    if (this.#queue.length > this.#highWaterBytes && this.#waiting === null && !this.#paused) {
      this.#paused = true
      this.#source.pause()
    }
  }

  /** No more will arrive: null at an orderly end of the stream, otherwise what later reads reject with. */
  end(error: Error | null): void {
    if (this.#ended) return
    this.#ended = true
    this.#error = error
    if (error === null) this.#waiting?.retry()
    else this.#waiting?.reject(error)
  }

  /** The socket is closed on this side; unless the stream had ended before, reads reject with ERR_SOCKET_CLOSED. */
  close(): void {
    if (this.#ended) return
    this.#ended = true
    this.#closed = true
    this.#waiting?.reject(closedError())
  }

  /** Gives what has arrived and was not read yet, and closes: the socket goes to another thread or process. */
  detach(): Buffer {
    const unread = this.#queue.takeAll()
    this.close()
    return unread
  }

  /** Resolves at once when `attempt` has a value. @throws {SocketServerError} ERR_READ_IN_PROGRESS, ERR_SOCKET_TIMEOUT */
  read<T>(attempt: Attempt<T>): Promise<T> {
    if (this.#waiting !== null) {
      return Promise.reject(
        new SocketServerError(
          'ERR_READ_IN_PROGRESS',
          'Cannot read while another read waits: await the first one',
        ),
      )
    }
    try {
      const value = this.#attempt(attempt)
      if (value !== null) return Promise.resolve(value)
    } catch (error) {
      return Promise.reject(error)
    }
    if (this.#error !== null) return Promise.reject(this.#error)
    if (this.#closed) return Promise.reject(closedError())
    return this.#wait(attempt)
  }

  #attempt<T>(attempt: Attempt<T>): T | null {
    const value = attempt(this.#queue, this.#ended && this.#error === null && !this.#closed)
    if (this.#paused && this.#queue.length <= LOW_WATER_BYTES) this.start()
    return value
  }

  #wait<T>(attempt: Attempt<T>): Promise<T> {
    this.start()
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | null = null
      const settle = () => {
        if (timer !== null) clearTimeout(timer)
        this.#waiting = null
      }
      this.#waiting = {
        retry: () => {
          try {
            const value = this.#attempt(attempt)
            if (value === null) return false
            settle()
            resolve(value)
          } catch (error) {
            settle()
            reject(error)
          }
          return true
        },
        reject: (error) => {
          settle()
          reject(error)
        },
      }
      const timeoutMs = this.timeoutMs
      if (timeoutMs === null) return
      timer = setTimeout(() => {
        this.#waiting?.reject(
          new SocketServerError('ERR_SOCKET_TIMEOUT', `Nothing was received within ${timeoutMs} ms`),
        )
      }, timeoutMs)
    })
  }
}

// Made only for a read that needs it: an error costs a stack, and every connection is closed once.
function closedError(): SocketServerError {
  return new SocketServerError('ERR_SOCKET_CLOSED', 'Cannot receive: the socket is closed')
}
