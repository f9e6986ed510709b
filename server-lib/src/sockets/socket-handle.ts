import type { Socket } from 'node:net'
import type { InetAddress } from './address.ts'

/** What the library uses of the handle in a net.Socket, which Node's types leave out. */
export interface SocketHandle {
  /** Absent on Windows. */
  readonly fd?: number
  reading: boolean
  readStop: () => void
  useUserBuffer: (buffer: Buffer) => void
  /** Gives 0 if it has filled `peer` in. Absent in a Unix socket. */
  getpeername?: (peer: { address: string; port: number }) => number
}

/** Null if the socket is closed. */
export function handleOf(socket: Socket): SocketHandle | null {
  return (socket as Socket & { _handle: SocketHandle | null })._handle
}

const peer = { address: '', family: '', port: 0 }
let host = ''

/** The address of the peer, null if it has gone already. The socket's own properties keep a copy in every socket. */
export function peerOf(socket: Socket): InetAddress | null {
  if (handleOf(socket)?.getpeername?.(peer) !== 0) return null
  // The same text for the many connections of one address.
  if (peer.address !== host) host = peer.address
  return { host, port: peer.port }
}
