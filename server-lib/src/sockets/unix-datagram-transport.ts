import { SocketServerError } from '../errors.ts'
import type { UnixAddress } from './address.ts'
import { BlockedSends } from './blocked-sends.ts'
import { closedError } from './datagram-socket.ts'
import type { DatagramTransport } from './datagram-transport.ts'
import { sockaddrOf } from './sockaddr-un.ts'
import { DatagramCalls } from './datagram-calls.ts'
import { UnixSocketFile } from './unix-socket-file.ts'

/** Datagrams taken in one turn of the event loop; what waits behind them is taken in the next. */
const MAX_DATAGRAMS_A_TURN = 64

/** Datagrams of Unix sockets. The file of the path is removed when it closes. */
export class UnixDatagramTransport implements DatagramTransport<UnixAddress> {
  readonly localAddress: UnixAddress
  readonly #calls: DatagramCalls
  readonly #fd: number
  readonly #file: UnixSocketFile | null
  readonly #blocked: BlockedSends
  #watch: { close: () => void } | null = null
  #isDraining = false
  #isClosed = false

  private constructor(calls: DatagramCalls, fd: number, address: UnixAddress) {
    this.localAddress = address
    this.#calls = calls
    this.#fd = fd
    this.#file = address === '' ? null : UnixSocketFile.of(address)
    this.#blocked = new BlockedSends((data, receiver) => calls.send(fd, data, receiver))
  }

  /**
   * Binds to a path; with `''` to none, to send without being sent to.
   * @throws {SocketServerError} ERR_UNSUPPORTED without koffi; system errors such as EADDRINUSE as they are.
   */
  static async bind(address: UnixAddress): Promise<UnixDatagramTransport> {
    const calls = await DatagramCalls.load()
    const fd = await UnixSocketFile.bind(address, () => calls.open(address))
    return new UnixDatagramTransport(calls, fd, address)
  }

  start(deliver: (data: Buffer, source: UnixAddress) => void, fail: (error: Error) => void): void {
    const drain = (): void => {
      this.#isDraining = false
      try {
        for (let count = 0; count < MAX_DATAGRAMS_A_TURN && !this.#isClosed; count++) {
          const received = this.#calls.receive(this.#fd)
          if (received === null) return
          deliver(...received)
        }
      } catch (error) {
        fail(error as Error)
      }
    }
    this.#watch = this.#calls.watch(this.#fd, () => {
      if (this.#isDraining) return
      this.#isDraining = true
      // Not in the callback itself: what promises continue there would wait for the next turn of the loop (Node 26).
      setImmediate(drain)
    })
  }

  send(data: Uint8Array | string, address: UnixAddress, timeoutMs: number | null): Promise<number> {
    if (address === '') {
      return Promise.reject(
        new SocketServerError(
          'ERR_UNNAMED_PEER',
          'Cannot send to an unnamed Unix socket: the receiver must bind its socket to a path',
        ),
      )
    }
    sockaddrOf(address)
    const bytes = typeof data === 'string' ? Buffer.from(data) : data
    try {
      if (!this.#blocked.has(address) && this.#calls.send(this.#fd, bytes, address)) {
        return Promise.resolve(bytes.length)
      }
    } catch (error) {
      return Promise.reject(error)
    }
    return this.#blocked.add(bytes, address, timeoutMs)
  }

  close(): Promise<void> {
    this.#isClosed = true
    this.#watch?.close()
    this.#calls.close(this.#fd)
    this.#file?.remove()
    this.#blocked.fail(closedError())
    return Promise.resolve()
  }
}
