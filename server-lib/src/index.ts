// Declarations with Buffer in them would turn to `any` in a project whose own settings do not name Node's types.
/// <reference types="node" preserve="true" />
export { type AsyncMembers, AsyncMixIn } from './concurrency/async-mix-in.ts'
export {
  AsyncTCPServer,
  AsyncUDPServer,
  AsyncUnixDatagramServer,
  AsyncUnixStreamServer,
} from './concurrency/async-servers.ts'
export { type ForkingMembers, ForkingMixIn } from './concurrency/forking-mix-in.ts'
export {
  ForkingTCPServer,
  ForkingUDPServer,
  ForkingUnixDatagramServer,
  ForkingUnixStreamServer,
} from './concurrency/forking-servers.ts'
export type { AddressFamily, InetAddress, UnixAddress } from './sockets/address.ts'
export { BaseRequestHandler, type RequestHandlerClass } from './handlers/base-request-handler.ts'
export { type Accepted, BaseServer } from './servers/base-server.ts'
export type { ServeForeverOptions, ServerCloseOptions } from './servers/loop-control.ts'
export type { ServerClass } from './servers/server-class.ts'
export { connect, openDatagram } from './sockets/connect.ts'
export { currentThread } from './concurrency/current-thread.ts'
export { DatagramRequestHandler, type DatagramWriter } from './handlers/datagram-request-handler.ts'
export { type DatagramRequest, DatagramSocket } from './sockets/datagram-socket.ts'
export { serveInThread } from './concurrency/serve-in-thread.ts'
export type { ServerThread } from './threads/parent/loop-thread.ts'
export { SocketServerError, type SocketServerErrorCode, SystemExit } from './errors.ts'
export { isMain } from './is-main.ts'
export { Lock } from './concurrency/lock.ts'
export { StreamRequestHandler } from './handlers/stream-request-handler.ts'
export type { StreamReader } from './sockets/stream-reader.ts'
export { StreamSocket } from './sockets/stream-socket.ts'
export type { StreamWriter } from './sockets/stream-writer.ts'
export { TCPServer } from './servers/tcp-server.ts'
export { type ThreadingMembers, ThreadingMixIn } from './concurrency/threading-mix-in.ts'
export {
  ThreadingTCPServer,
  ThreadingUDPServer,
  ThreadingUnixDatagramServer,
  ThreadingUnixStreamServer,
} from './concurrency/threading-servers.ts'
export { UDPServer } from './servers/udp-server.ts'
export { UnixDatagramServer } from './servers/unix-datagram-server.ts'
export { UnixStreamServer } from './servers/unix-stream-server.ts'
