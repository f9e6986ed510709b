import type { InetAddress } from '../sockets/address.ts'
import { BaseRequestHandler } from './base-request-handler.ts'
import type { BaseServer } from '../servers/base-server.ts'
import { isSystemError, SocketServerError } from '../errors.ts'
import type { StreamReader } from '../sockets/stream-reader.ts'
import type { StreamSocket } from '../sockets/stream-socket.ts'
import type { StreamWriter } from '../sockets/stream-writer.ts'

/**
 * A handler that reads its request from `rfile` and writes its reply to `wfile`, for stream servers.
 * Follows CPython's `socketserver.StreamRequestHandler`.
 */
export class StreamRequestHandler<
  Address = InetAddress,
  Server extends BaseServer<StreamSocket, Address> = BaseServer<StreamSocket, Address>,
> extends BaseRequestHandler<StreamSocket, Address, Server> {
  /** Bytes that may wait unread in memory; -1, the default, is 128 KiB. */
  rbufsize = -1
  /** Size of the buffer of `wfile` in bytes; 0, the default, sends every write, and -1 is 8 KiB. */
  wbufsize = 0
  /** Bytes that a line may have before the reads of lines reject with ERR_LINE_TOO_LONG; without limit by default. */
  maxLineLength = Infinity
  /** Milliseconds that one read or write may wait; null, the default, or Infinity is for ever. */
  timeout: number | null = null
  /**
   * Sends small writes at once (TCP_NODELAY). Several writes of one turn of the event loop are sent together in any case,
   * and from then on the connection does so too.
   */
  disableNagleAlgorithm = false
  /** The same as `request`; set by `setup()`. */
  connection!: StreamSocket
  /** Reads from the client; set by `setup()`. */
  rfile!: StreamReader
  /** Writes to the client; set by `setup()`. */
  wfile!: StreamWriter

  /** Opens `connection`, `rfile` and `wfile`; an override calls it first. */
  override setup(): void | Promise<void> {
    this.connection = this.request
    if (this.timeout !== null) this.connection.setTimeout(this.timeout)
    if (this.disableNagleAlgorithm) this.connection.setNoDelay(true)
    this.rfile = this.connection.makefile('r', this.rbufsize)
    this.rfile.maxLineLength = this.maxLineLength
    this.wfile = this.connection.makefile('w', this.wbufsize)
  }

  /** Sends what `wfile` has buffered, then does as {@link BaseRequestHandler}'s. */
  protected override async fork(method: keyof this & string, ...args: unknown[]): Promise<void> {
    await Promise.all([this.wfile.flush(), super.fork(method, ...args)])
  }

  /** Flushes `wfile`; a client that has gone is no error here. An override calls it last. */
  override async finish(): Promise<void> {
    try {
      await this.wfile.flush()
    } catch (error) {
      if (!isSystemError(error) && !(error instanceof SocketServerError)) throw error
    }
  }
}
