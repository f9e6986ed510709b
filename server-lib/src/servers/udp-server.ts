import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'
import { bindFirst, checkInetAddress, type InetAddress, resolveBindHosts } from '../sockets/address.ts'
import type { ServerCloseOptions } from './base-server.ts'
import { DatagramSocket, type DatagramRequest } from '../sockets/datagram-socket.ts'
import { TCPServer } from './tcp-server.ts'

/**
 * A server of UDP datagrams; each datagram, an empty one too, is one request, served one at a time. A request is the
 * pair of the data and the server's socket. Follows CPython's `socketserver.UDPServer`.
 */
export class UDPServer extends TCPServer<DatagramRequest> {
  override readonly socketType = 'SOCK_DGRAM'
  /** Bytes of a datagram that reach the handler; a longer datagram is cut. */
  maxPacketSize = 8192
  #socket: DatagramSocket | null = null

  /** Binds the socket; tries each address of a host name. */
  override async serverBind(): Promise<void> {
    const { host, port } = this.serverAddress
    checkInetAddress(this.serverAddress, 'bind')
    const hosts = await resolveBindHosts(host, this.addressFamily)
    const socket = await bindFirst(hosts, (each) => this.#bindTo({ host: each, port }))
    this.#socket = new DatagramSocket(socket, this.pending, ([data, receiver], source) => {
      if (receiver === this.#socket) this.enqueue([data.subarray(0, this.maxPacketSize), receiver], source)
    })
    this.setBoundAddress(socket.address())
  }

  async #bindTo({ host, port }: InetAddress): Promise<Socket> {
    const type = isIPv6(host) ? 'udp6' : 'udp4'
    const socket = createSocket({ type, reuseAddr: this.allowReuseAddress, ...this.reusePortOption() })
    const bound = once(socket, 'listening')
    socket.bind(port, host)
    try {
      await bound
    } catch (error) {
      socket.close()
      throw error
    }
    return socket
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
