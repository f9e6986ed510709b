import { SocketServerError } from '../errors.ts'
import type { UnixAddress } from './address.ts'

const FIRST_RETRY_MS = 1
const LAST_RETRY_MS = 16

interface BlockedSend {
  data: Uint8Array
  address: UnixAddress
  deadlineMs: number
  timeoutMs: number | null
  resolve: (bytes: number) => void
  reject: (error: unknown) => void
}

/**
 * Datagrams that wait because the queues of their receivers are full (11 datagrams on Linux, by default). No readiness of
 * the sending socket tells when a receiver has taken one, so they are tried again by timer, in order for each receiver.
 */
export class BlockedSends {
  readonly #trySend: (data: Uint8Array, address: UnixAddress) => boolean
  #sends: BlockedSend[] = []
  #timer: NodeJS.Timeout | null = null
  #retryMs = FIRST_RETRY_MS

  /** `trySend` gives false if the queue is still full. */
  constructor(trySend: (data: Uint8Array, address: UnixAddress) => boolean) {
    this.#trySend = trySend
  }

  /** Whether an earlier datagram to the same receiver waits, which a later one must not overtake. */
  has(address: UnixAddress): boolean {
    return this.#sends.some((send) => send.address === address)
  }

  /** Resolves to the length in bytes when it was sent. @throws {SocketServerError} ERR_SOCKET_TIMEOUT */
  add(data: Uint8Array, address: UnixAddress, timeoutMs: number | null): Promise<number> {
    return new Promise((resolve, reject) => {
      const deadlineMs = performance.now() + (timeoutMs ?? Infinity)
      this.#sends.push({ data, address, deadlineMs, timeoutMs, resolve, reject })
      this.#timer ??= setTimeout(this.#retry, this.#retryMs)
    })
  }

  /** Ends every wait with `error`. */
  fail(error: Error): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    for (const { reject } of this.#sends) reject(error)
    this.#sends = []
  }

  readonly #retry = (): void => {
    const waiting = this.#sends
    const full = new Set<UnixAddress>()
    this.#sends = waiting.filter((send) => this.#isStillBlocked(send, full))
    this.#retryMs =
      this.#sends.length < waiting.length ? FIRST_RETRY_MS : Math.min(LAST_RETRY_MS, this.#retryMs * 2)
    this.#timer = this.#sends.length === 0 ? null : setTimeout(this.#retry, this.#retryMs)
  }

  #isStillBlocked(send: BlockedSend, full: Set<UnixAddress>): boolean {
    const { data, address, deadlineMs, timeoutMs, resolve, reject } = send
    try {
      if (!full.has(address) && this.#trySend(data, address)) {
        resolve(data.length)
        return false
      }
    } catch (error) {
      reject(error)
      return false
    }
    full.add(address)
    if (performance.now() < deadlineMs) return true
    reject(new SocketServerError('ERR_SOCKET_TIMEOUT', `Nothing was sent within ${timeoutMs} ms`))
    return false
  }
}
