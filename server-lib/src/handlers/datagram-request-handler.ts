import type { InetAddress } from '../sockets/address.ts'
import { BaseRequestHandler } from './base-request-handler.ts'
import type { BaseServer } from '../servers/base-server.ts'
import type { DatagramRequest, DatagramSocket } from '../sockets/datagram-socket.ts'
import { Receiver } from '../sockets/receiver.ts'
import { StreamReader } from '../sockets/stream-reader.ts'

/** Collects the reply to one datagram. */
export class DatagramWriter {
  #parts: Buffer[] = []

  /** Adds `data` (text as UTF-8) to the reply; resolves to its length in bytes. */
  write(data: Uint8Array | string): Promise<number> {
    const bytes = Buffer.from(data)
    this.#parts.push(bytes)
    return Promise.resolve(bytes.length)
  }

  /** Does nothing: the reply is one datagram, and `finish()` sends it. */
  flush(): Promise<void> {
    return Promise.resolve()
  }

  /** Does nothing, as `flush()`. */
  close(): Promise<void> {
    return this.flush()
  }

  /** What was written, or null if nothing was. */
  get reply(): Buffer | null {
    return this.#parts.length === 0 ? null : Buffer.concat(this.#parts)
  }
}

/**
 * A handler that reads one datagram from `rfile` and writes the reply to `wfile`, for datagram servers.
 * What was written is sent as one datagram by `finish()`. Follows CPython's `socketserver.DatagramRequestHandler`, except that it
 * sends nothing when nothing was written or `handle()` has thrown; see {@link DatagramRequestHandler.replyAlways}.
 */
export class DatagramRequestHandler<
  Address = InetAddress,
  Server extends BaseServer<DatagramRequest<Address>, Address> = BaseServer<
    DatagramRequest<Address>,
    Address
  >,
> extends BaseRequestHandler<DatagramRequest<Address>, Address, Server> {
  /**
   * With true, `finish()` replies as CPython does: with an empty datagram if nothing was written, and with a part of the
   * reply after an error; false by default.
   */
  replyAlways = false
  /** The datagram; set by `setup()`. */
  packet!: Buffer
  /** The server's socket; set by `setup()`. */
  socket!: DatagramSocket<Address>
  /** Reads from the datagram; set by `setup()`. */
  rfile!: StreamReader
  /** Collects the reply; set by `setup()`. */
  wfile!: DatagramWriter

  /** Opens `packet`, `socket`, `rfile` and `wfile`; an override calls it first. */
  override setup(): void | Promise<void> {
    const [packet, socket] = this.request
    this.packet = packet
    this.socket = socket
    this.rfile = new StreamReader(Receiver.of(packet))
    this.wfile = new DatagramWriter()
  }

  /** Sends the reply; an override calls it last. */
  override async finish(): Promise<void> {
    const { reply } = this.wfile
    if (this.replyAlways) await this.socket.sendTo(reply ?? '', this.clientAddress)
    else if (reply !== null && !this.failed) await this.socket.sendTo(reply, this.clientAddress)
  }
}
