import { bindFirst, checkInetAddress, type InetAddress, resolveBindHosts } from '../sockets/address.ts'
import type { ServerCloseOptions } from './loop-control.ts'
import { DatagramSocket, type DatagramRequest } from '../sockets/datagram-socket.ts'
import type { DatagramTransport } from '../sockets/datagram-transport.ts'
import { TCPServer } from './tcp-server.ts'
import { UdpTransport } from '../sockets/udp-transport.ts'

/**
 * A server of UDP datagrams; each datagram, an empty one too, is one request, served one at a time. A request is the
 * pair of the data and the server's socket. `Address` is for the server that derives from it.
 * Follows CPython's `socketserver.UDPServer`.
 */
export class UDPServer<Address = InetAddress> extends TCPServer<DatagramRequest<Address>, Address> {
  override readonly socketType = 'SOCK_DGRAM'
  /** Bytes of a datagram that reach the handler; a longer datagram is cut. */
  maxPacketSize = 8192
  #socket: DatagramSocket<Address> | null = null

  /** Binds the socket; tries each address of a host name. */
  override async serverBind(): Promise<void> {
    const transport = await this.bindTransport()
    this.#socket = new DatagramSocket(transport, this.pending, ([data, receiver], source) => {
      if (receiver !== this.#socket) return
      const isTooLong = data.length > this.maxPacketSize
      this.enqueue([isTooLong ? data.subarray(0, this.maxPacketSize) : data, receiver], source)
    })
    this.serverAddress = transport.localAddress
  }

  /** Called by `serverBind()` to bind `serverAddress`; overridden for another address family. */
  protected async bindTransport(): Promise<DatagramTransport<Address>> {
    const { serverAddress } = this
    checkInetAddress(serverAddress, 'bind')
    const options = { reuseAddr: this.allowReuseAddress, ...this.reusePortOption() }
    const hosts = await resolveBindHosts(serverAddress.host, this.addressFamily)
    const transport: DatagramTransport<unknown> = await bindFirst(hosts, (host) =>
      UdpTransport.bind({ host, port: serverAddress.port }, options),
    )
    return transport as DatagramTransport<Address>
  }

  /** Stops receiving, drops the datagrams that wait, and lets the request in progress finish, `timeout` ms at most. */
  override async serverClose(options: ServerCloseOptions = {}): Promise<void> {
    await this.listeningSettled()
    const socket = this.#socket
    this.#socket = null
    await super.serverClose(options)
    // Closed last, because the request in progress replies through it.
    await socket?.close()
  }
}
