import { SocketServerError } from '../errors.ts'
import { DatagramSocket } from '../sockets/datagram-socket.ts'
import { PendingQueue } from '../sockets/pending-queue.ts'

/** Has the server's own process send a datagram; resolves to its length in bytes. */
export type SendDatagram = (data: Uint8Array | string, address: unknown) => Promise<number>

/**
 * The server's socket for a handler in a thread or child process. The server sends for it, because a second reader of
 * the same socket would take datagrams away from the server.
 */
export class RemoteDatagramSocket extends DatagramSocket<unknown> {
  constructor(localAddress: unknown, send: SendDatagram) {
    const transport = { localAddress, start: () => {}, send, close: () => Promise.resolve() }
    super(transport, new PendingQueue(), () => {})
  }

  /** @throws {SocketServerError} ERR_UNSUPPORTED always: the datagrams that arrive are the server's next requests. */
  override recvFrom(): Promise<never> {
    const message = 'Cannot receive in a thread or child process: only the server receives from its socket'
    return Promise.reject(new SocketServerError('ERR_UNSUPPORTED', message))
  }
}
