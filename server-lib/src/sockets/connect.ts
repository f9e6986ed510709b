import { once } from 'node:events'
import { connect as connectSocket, type Socket } from 'node:net'
import { checkInetAddress, checkUnixAddress, type InetAddress, type UnixAddress } from './address.ts'
import { events } from '../events.ts'
import { DatagramSocket, type PendingDatagram } from './datagram-socket.ts'
import type { DatagramTransport } from './datagram-transport.ts'
import { PendingQueue } from './pending-queue.ts'
import { StreamSocket } from './stream-socket.ts'
import { UdpTransport } from './udp-transport.ts'
import { UnixDatagramTransport } from './unix-datagram-transport.ts'

const ANY_ADDRESS: InetAddress = { host: '0.0.0.0', port: 0 }
const MAX_PENDING_DATAGRAMS = 1024

/**
 * Connects a stream socket to a TCP address, each address of a name in turn, or to the path of a Unix socket.
 * For clients; Python's `sock.connect((HOST, PORT))`.
 * @throws {TypeError | RangeError} for what is not an address; {@link SocketServerError} ERR_UNSUPPORTED for a Unix
 * socket on Windows; system errors such as ECONNREFUSED as they are.
 */
export async function connect(address: InetAddress | UnixAddress): Promise<StreamSocket> {
  if (typeof address === 'string') checkUnixAddress(address, 'connect')
  else checkInetAddress(address, 'connect')
  const target = typeof address === 'string' ? { path: address } : { host: address.host, port: address.port }
  const begunMs = events.connected.hasSubscribers ? performance.now() : null
  const socket = connectSocket({ ...target, allowHalfOpen: true })
  await connected(socket)
  const request = new StreamSocket(socket)
  if (begunMs !== null) {
    events.connected.publish({ request, address, tookMs: performance.now() - begunMs })
  }
  return request
}

async function connected(socket: Socket): Promise<void> {
  try {
    await once(socket, 'connect')
  } catch (error) {
    // A name with several addresses fails with all of their errors, in an AggregateError that has no message.
    throw error instanceof AggregateError ? error.errors.at(-1) : error
  }
}

/**
 * Opens a datagram socket, bound to `address` or, without one, to a free port of any IPv4 address. With a path it is a
 * Unix socket, which removes its file when it closes; with `''` one that is not bound: it sends, and nobody can reply.
 * For clients, which need no connection: Python's `socket.socket(AF_INET, SOCK_DGRAM)`.
 * @throws {TypeError | RangeError} for what is not an address; {@link SocketServerError} ERR_UNSUPPORTED for a Unix
 * socket where the package koffi is not installed; system errors such as EADDRINUSE as they are.
 */
export function openDatagram(address?: InetAddress): Promise<DatagramSocket>
export function openDatagram(address: UnixAddress): Promise<DatagramSocket<UnixAddress>>
export async function openDatagram(
  address: InetAddress | UnixAddress = ANY_ADDRESS,
): Promise<DatagramSocket | DatagramSocket<UnixAddress>> {
  if (typeof address === 'string') {
    if (address !== '') checkUnixAddress(address, 'bind')
    return socketOver(await UnixDatagramTransport.bind(address))
  }
  checkInetAddress(address, 'bind')
  return socketOver(await UdpTransport.bind(address))
}

function socketOver<Address>(transport: DatagramTransport<Address>): DatagramSocket<Address> {
  const inbox = new PendingQueue<PendingDatagram<Address>>()
  const socket = new DatagramSocket(transport, inbox, (request, source) => {
    if (inbox.size >= MAX_PENDING_DATAGRAMS) return
    if (events.received.hasSubscribers) {
      const [data, receiver] = request
      events.received.publish({ request: receiver, data, address: source })
    }
    inbox.push([request, source])
  })
  if (events.connected.hasSubscribers) events.connected.publish({ request: socket, address: null, tookMs: 0 })
  return socket
}
