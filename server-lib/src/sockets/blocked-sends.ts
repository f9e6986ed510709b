import { SocketServerError } from '../errors.ts'
import type { UnixAddress } from './address.ts'

const FIRST_RETRY_MS = 1
const LAST_RETRY_MS = 16

interface BlockedSend {
  data: Uint8Array
  deadlineMs: number
  timeoutMs: number | null
  resolve: (bytes: number) => void
  reject: (error: unknown) => void
}

/**
 * Datagrams that wait because the queues of their receivers are full (11 datagrams on Linux, by default). No readiness
 * of the sending socket tells when a receiver has taken one, so they are tried again by timer, in order for each.
 */
export class BlockedSends {
  readonly #trySend: (data: Uint8Array, receiver: UnixAddress) => boolean
  readonly #lines = new Map<UnixAddress, BlockedSend[]>()
  #timer: NodeJS.Timeout | null = null
  #retryMs = FIRST_RETRY_MS

  /** `trySend` gives false if the queue is still full. */
  constructor(trySend: (data: Uint8Array, receiver: UnixAddress) => boolean) {
    this.#trySend = trySend
  }

  /** Whether an earlier datagram to the same receiver waits, which a later one must not overtake. */
  has(receiver: UnixAddress): boolean {
    return this.#lines.has(receiver)
  }

  /** Resolves to the length in bytes when it was sent. @throws {SocketServerError} ERR_SOCKET_TIMEOUT */
  add(data: Uint8Array, receiver: UnixAddress, timeoutMs: number | null): Promise<number> {
    return new Promise((resolve, reject) => {
      const deadlineMs = performance.now() + (timeoutMs ?? Infinity)
      const send = { data, deadlineMs, timeoutMs, resolve, reject }
      const line = this.#lines.get(receiver)
      if (line === undefined) this.#lines.set(receiver, [send])
      else line.push(send)
      this.#timer ??= setTimeout(this.#retry, this.#retryMs)
    })
  }

  /** Ends every wait with `error`. */
  fail(error: Error): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    for (const { reject } of [...this.#lines.values()].flat()) reject(error)
    this.#lines.clear()
  }

  readonly #retry = (): void => {
    let isMoving = false
    for (const [receiver, line] of this.#lines) {
      const rest = this.#sendFrom(line, receiver)
      isMoving ||= rest.length < line.length
      if (rest.length === 0) this.#lines.delete(receiver)
      else this.#lines.set(receiver, rest)
    }
    this.#retryMs = isMoving ? FIRST_RETRY_MS : Math.min(LAST_RETRY_MS, this.#retryMs * 2)
    this.#timer = this.#lines.size === 0 ? null : setTimeout(this.#retry, this.#retryMs)
  }

  /** Sends what the receiver has room for, and gives what waits on. */
  #sendFrom(line: BlockedSend[], receiver: UnixAddress): BlockedSend[] {
    const nowMs = performance.now()
    let isFull = false
    return line.filter(({ data, deadlineMs, timeoutMs, resolve, reject }) => {
      try {
        isFull ||= !this.#trySend(data, receiver)
      } catch (error) {
        reject(error)
        return false
      }
      if (!isFull) resolve(data.length)
      else if (nowMs < deadlineMs) return true
      else reject(new SocketServerError('ERR_SOCKET_TIMEOUT', `Nothing was sent within ${timeoutMs} ms`))
      return false
    })
  }
}
