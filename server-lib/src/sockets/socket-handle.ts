import type { Socket } from 'node:net'
import type { InetAddress } from './address.ts'

/** What the library uses of the handle in a net.Socket, which Node's types leave out. */
export interface SocketHandle {
  /** Absent on Windows. */
  readonly fd?: number
  reading: boolean
  readStop: () => void
  useUserBuffer: (buffer: Buffer) => void
  getpeername?: (peer: { address?: string; port?: number }) => void
}

/** Null if the socket is closed. */
export function handleOf(socket: Socket): SocketHandle | null {
  return (socket as Socket & { _handle: SocketHandle | null })._handle
}

/** The address of the peer, null if it has gone already. The socket's own properties keep a copy in every socket. */
export function peerOf(socket: Socket): InetAddress | null {
  const peer: { address?: string; port?: number } = {}
  handleOf(socket)?.getpeername?.(peer)
  const { address: host, port } = peer
  return host === undefined || port === undefined ? null : { host, port }
}
