import type { InetAddress } from './address.ts'
import type { DatagramTransport } from './datagram-transport.ts'
import { SocketServerError } from '../errors.ts'
import { events } from '../events.ts'
import type { PendingQueue } from './pending-queue.ts'
import { byteCount } from './stream-reader.ts'
import { checkTimeout } from './timeout.ts'

/** The request of a datagram server: the data of one datagram, and the server's socket to reply with. */
export type DatagramRequest<Address = InetAddress> = [data: Buffer, socket: DatagramSocket<Address>]

/** A datagram as it waits to be received, in the shape of a server's pending request, or what went wrong instead. */
export type PendingDatagram<Address> = [request: DatagramRequest<Address>, source: Address] | Error

/**
 * A bound datagram socket with promises: the second part of a datagram handler's `request`, and what
 * `openDatagram()` resolves to. Follows CPython's `socket.socket`: `sendto`, `recvfrom`, `settimeout`, `close`.
 */
export class DatagramSocket<Address = InetAddress> implements AsyncDisposable {
  readonly #transport: DatagramTransport<Address>
  readonly #inbox: PendingQueue<PendingDatagram<Address>>
  #timeoutMs: number | null = null
  #closed: Promise<void> | null = null

  /**
   * Called by the library: owns a bound transport. `deliver` puts what arrives into `inbox`, or drops it. A server's socket shares the
   * server's line of pending requests, so that `recvFrom` in a handler takes the next one, as in CPython.
   */
  constructor(
    transport: DatagramTransport<Address>,
    inbox: PendingQueue<PendingDatagram<Address>>,
    deliver: (request: DatagramRequest<Address>, source: Address) => void,
  ) {
    this.#transport = transport
    this.#inbox = inbox
    transport.start(
      (data, source) => {
        deliver([data, this], source)
      },
      (error) => {
        inbox.push(error)
      },
    )
  }

  /** The address of this end; `''` of a Unix socket that is not bound. */
  get localAddress(): Address {
    return this.#transport.localAddress
  }

  /**
   * Sends one datagram (text as UTF-8) and resolves to its length in bytes. Whether a datagram of UDP arrives nobody
   * says; one of a Unix socket has a place in its receiver's queue, for which it waits while that is full.
   * @throws {SocketServerError} ERR_UNNAMED_PEER for the address `''` of a client that has not bound its Unix socket;
   * ERR_SOCKET_TIMEOUT, ERR_SOCKET_CLOSED; system errors such as EMSGSIZE as they are.
   * @throws {TypeError | RangeError} at once for what is not an address.
   */
  sendTo(data: Uint8Array | string, address: Address): Promise<number> {
    if (this.#closed !== null) return Promise.reject(closedError())
    if (events.sent.hasSubscribers) {
      const bytes = typeof data === 'string' ? Buffer.from(data) : data
      events.sent.publish({ request: this, data: bytes, address })
    }
    return DatagramSocket.relay(this, data, address)
  }

  /**
   * Receives the next datagram and the address that it came from; what is longer than `max` bytes is cut.
   * @throws {SocketServerError} ERR_SOCKET_TIMEOUT, ERR_SOCKET_CLOSED; ERR_UNSUPPORTED in a thread or child process, where
   * only the server receives.
   * @throws {RangeError} if `max` is not a whole number of bytes.
   */
  async recvFrom(max = Infinity): Promise<[data: Buffer, source: Address]> {
    if (max !== Infinity) byteCount(max, 'receive')
    for (;;) {
      const next = this.#inbox.shift()
      if (next instanceof Error) throw next
      if (next !== undefined) return [next[0][0].subarray(0, max), next[1]]
      if (this.#closed !== null) throw closedError()
      if ((await this.#inbox.wait(this.#timeoutMs)) === 'timeout') {
        throw new SocketServerError('ERR_SOCKET_TIMEOUT', `No datagram arrived within ${this.#timeoutMs} ms`)
      }
    }
  }

  /** @internal What the socket sends and receives with. */
  static transportOf(socket: DatagramSocket<unknown>): DatagramTransport<unknown> {
    return socket.#transport
  }

  /** @internal `sendTo()` for a handler in a thread or child process, where the event of it is published. */
  static relay<Address>(
    socket: DatagramSocket<Address>,
    data: Uint8Array | string,
    address: Address,
  ): Promise<number> {
    if (socket.#closed !== null) return Promise.reject(closedError())
    return socket.#transport.send(data, address, socket.#timeoutMs)
  }

  /**
   * How long one `recvFrom` or `sendTo` may wait, in milliseconds; null (the default) or Infinity is for ever.
   * @throws {RangeError} for a number below 0.
   */
  setTimeout(timeoutMs: number | null): void {
    checkTimeout(timeoutMs)
    this.#timeoutMs = timeoutMs
  }

  /** Closes the socket; resolves when it is closed. Idempotent. */
  close(): Promise<void> {
    if (this.#closed === null) {
      this.#closed = this.#transport.close()
      this.#inbox.interrupt()
    }
    return this.#closed
  }

  /** Closes the socket at the end of the block that it was declared in by `await using`, as `close()` does. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

/** What reads and writes of a datagram socket that is closed reject with. */
export function closedError(): SocketServerError {
  return new SocketServerError('ERR_SOCKET_CLOSED', 'The socket is closed')
}
