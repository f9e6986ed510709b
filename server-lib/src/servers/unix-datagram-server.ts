import { type AddressFamily, checkUnixAddress, type UnixAddress } from '../sockets/address.ts'
import type { DatagramRequest } from '../sockets/datagram-socket.ts'
import { isSystemError } from '../errors.ts'
import { UDPServer } from './udp-server.ts'
import { UnixDatagramTransport } from '../sockets/unix-datagram-transport.ts'

/**
 * A server of datagrams to the path of a Unix socket; each datagram is one request, served one at a time. Its
 * `clientAddress` is the path that the client has bound its socket to, or `''`, to which nobody can reply.
 * Follows CPython's `socketserver.UnixDatagramServer`; besides, it removes its file when it closes and, when it binds, a
 * stale one that nobody has open. Needs the package koffi.
 * @throws {SocketServerError} ERR_UNSUPPORTED from the constructor on Windows, from `listen()` without koffi.
 * @throws {TypeError | RangeError} from the constructor for what is not a path, or too long a path.
 */
export class UnixDatagramServer extends UDPServer<UnixAddress> {
  override addressFamily: AddressFamily = 'AF_UNIX'

  protected override checkAddress(address: unknown): void {
    checkUnixAddress(address, 'bind')
  }

  protected override bindTransport(): Promise<UnixDatagramTransport> {
    this.checkAddress(this.serverAddress)
    return UnixDatagramTransport.bind(this.serverAddress)
  }

  protected override isClientGone(
    _request: DatagramRequest<UnixAddress>,
    clientAddress: UnixAddress,
    error: unknown,
  ): boolean {
    if (!isSystemError(error) || !('address' in error) || error.address !== clientAddress) return false
    return error.code === 'ECONNREFUSED' || error.code === 'ENOENT'
  }
}
