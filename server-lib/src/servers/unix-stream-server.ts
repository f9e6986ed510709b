import type { Server } from 'node:net'
import { type AddressFamily, checkUnixAddress, type UnixAddress } from '../sockets/address.ts'
import type { StreamSocket } from '../sockets/stream-socket.ts'
import { TCPServer } from './tcp-server.ts'
import { UnixSocketFile } from '../sockets/unix-socket-file.ts'

/**
 * A server of stream connections to the path of a Unix socket; each connection is one request, served one at a time.
 * Its `clientAddress` is `''`, because clients need no path. Follows CPython's `socketserver.UnixStreamServer`; besides, it
 * removes its file when it closes and, when it binds, a stale one that nobody listens on. Node 20 fills an abstract name
 * up with NUL bytes to the 108 of `sun_path`, and other programs must do so too; later versions take it as it is.
 * @throws {SocketServerError} ERR_UNSUPPORTED from the constructor on Windows.
 * @throws {TypeError | RangeError} from the constructor for what is not a path, or too long a path.
 */
export class UnixStreamServer extends TCPServer<StreamSocket, UnixAddress> {
  override addressFamily: AddressFamily = 'AF_UNIX'
  #file: UnixSocketFile | null = null

  protected override checkAddress(address: unknown): void {
    checkUnixAddress(address, 'bind')
  }

  protected override async openListener(): Promise<Server> {
    const path = this.serverAddress
    this.checkAddress(path)
    const listener = await UnixSocketFile.bind(path, () => this.listenOn({ path }))
    this.#file = UnixSocketFile.of(path)
    return listener
  }

  protected override clientAddressOf(): UnixAddress {
    return ''
  }

  protected override closeListener(listener: Server, closed: () => void): void {
    const file = this.#file
    this.#file = null
    if (file === null) super.closeListener(listener, closed)
    else file.removeWith(() => super.closeListener(listener, closed))
  }
}
