import type { RemoteInfo, Socket } from 'node:dgram'
import { checkInetAddress, type InetAddress } from './address.ts'
import { SocketServerError } from '../errors.ts'
import type { PendingQueue } from './pending-queue.ts'

const MAX_DATAGRAM_BYTES = 65_535

/** The request of a datagram server: the data of one datagram, and the server's socket to reply with. */
export type DatagramRequest = [data: Buffer, socket: DatagramSocket]

/** A datagram as it waits to be received, in the shape of a server's pending request, or what went wrong instead. */
export type PendingDatagram = [request: DatagramRequest, source: InetAddress] | Error

/**
 * A bound datagram socket with promises: the second part of a datagram handler's `request`, and what
 * `openDatagram()` resolves to. Follows CPython's `socket.socket`: `sendto`, `recvfrom`, `settimeout`, `close`.
 */
export class DatagramSocket implements AsyncDisposable {
  readonly #socket: Socket
  readonly #inbox: PendingQueue<PendingDatagram>
  #timeoutMs: number | null = null
  #closed: Promise<void> | null = null

  /**
   * Wraps a bound socket. `deliver` puts what arrives into `inbox`, or drops it. A server's socket shares the
   * server's line of pending requests, so that `recvFrom` in a handler takes the next one, as in CPython.
   */
  constructor(
    socket: Socket,
    inbox: PendingQueue<PendingDatagram>,
    deliver: (request: DatagramRequest, source: InetAddress) => void,
  ) {
    this.#socket = socket
    this.#inbox = inbox
    socket.on('message', (data: Buffer, { address: host, port }: RemoteInfo) => {
      deliver([data, this], { host, port })
    })
    socket.on('error', (error) => {
      inbox.push(error)
    })
  }

  /** The address of this end. */
  get localAddress(): InetAddress {
    const { address: host, port } = this.#socket.address()
    return { host, port }
  }

  /** Sends one datagram (text as UTF-8) and resolves to its length in bytes; whether it arrives nobody says. */
  sendTo(data: Uint8Array | string, address: InetAddress): Promise<number> {
    checkInetAddress(address, 'send')
    if (this.#closed !== null) return Promise.reject(closedError())
    return new Promise((resolve, reject) => {
      this.#socket.send(data, address.port, address.host, (error, bytes) => {
        if (error === null) resolve(bytes)
        else reject(error)
      })
    })
  }

  /**
   * Receives the next datagram and the address that it came from; what is longer than `max` bytes is cut.
   * @throws {SocketServerError} ERR_SOCKET_TIMEOUT, ERR_SOCKET_CLOSED.
   */
  async recvFrom(max = MAX_DATAGRAM_BYTES): Promise<[data: Buffer, source: InetAddress]> {
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

  /** How long one `recvFrom` may wait, in milliseconds; null (the default) is for ever. */
  setTimeout(timeoutMs: number | null): void {
    this.#timeoutMs = timeoutMs
  }

  /** Closes the socket; resolves when it is closed. Idempotent. */
  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      this.#socket.close(() => {
        resolve()
      })
      this.#inbox.interrupt()
    })
    return this.#closed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

function closedError(): SocketServerError {
  return new SocketServerError('ERR_SOCKET_CLOSED', 'The socket is closed')
}
