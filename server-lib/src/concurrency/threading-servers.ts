import { TCPServer } from '../servers/tcp-server.ts'
import { UDPServer } from '../servers/udp-server.ts'
import { UnixDatagramServer } from '../servers/unix-datagram-server.ts'
import { UnixStreamServer } from '../servers/unix-stream-server.ts'
import { ThreadingMixIn } from './threading-mix-in.ts'

/** A {@link TCPServer} with {@link ThreadingMixIn}. */
export class ThreadingTCPServer extends ThreadingMixIn(TCPServer) {}

/** A {@link UDPServer} with {@link ThreadingMixIn}. */
export class ThreadingUDPServer extends ThreadingMixIn(UDPServer) {}

/** A {@link UnixStreamServer} with {@link ThreadingMixIn}. */
export class ThreadingUnixStreamServer extends ThreadingMixIn(UnixStreamServer) {}

/** A {@link UnixDatagramServer} with {@link ThreadingMixIn}. */
export class ThreadingUnixDatagramServer extends ThreadingMixIn(UnixDatagramServer) {}
