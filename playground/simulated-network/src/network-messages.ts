/** An IP address with its port. */
export interface NetworkAddress {
  host: string
  port: number
}

/** A socket, by the number that its program has given it; the network itself numbers those that are accepted. */
export type SocketId = number

/** What a program asks of the network. */
export type ToNetwork =
  | { type: 'listen'; socket: SocketId; address: NetworkAddress; backlog: number }
  | { type: 'connect'; socket: SocketId; address: NetworkAddress }
  | { type: 'bind'; socket: SocketId; address: NetworkAddress; reuse: boolean }
  /** A connection has left the backlog of this listener. */
  | { type: 'accepted'; socket: SocketId }
  | { type: 'segment'; socket: SocketId; data: Uint8Array }
  | { type: 'datagram'; socket: SocketId; address: NetworkAddress; data: Uint8Array }
  /** The program has read so many bytes, which makes room for more. */
  | { type: 'taken'; socket: SocketId; bytes: number }
  /** Nothing more will be sent on this connection. */
  | { type: 'end'; socket: SocketId }
  | { type: 'reset'; socket: SocketId }
  /** The socket is closed. */
  | { type: 'close'; socket: SocketId }

/** What the network tells a program. */
export type FromNetwork =
  /** The socket listens, or is bound, or is connected to `peer`. */
  | { type: 'opened'; socket: SocketId; local: NetworkAddress; peer: NetworkAddress | null }
  | { type: 'failed'; socket: SocketId; code: NetworkErrorCode }
  | { type: 'connection'; listener: SocketId; socket: SocketId; local: NetworkAddress; peer: NetworkAddress }
  | { type: 'segment'; socket: SocketId; data: Uint8Array }
  | { type: 'datagram'; socket: SocketId; address: NetworkAddress; data: Uint8Array }
  | { type: 'taken'; socket: SocketId; bytes: number }
  | { type: 'end'; socket: SocketId }
  | { type: 'reset'; socket: SocketId }

export type NetworkErrorCode = 'EADDRINUSE' | 'EADDRNOTAVAIL' | 'ECONNREFUSED' | 'ENETUNREACH'
