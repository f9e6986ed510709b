import { TCPServer } from '../servers/tcp-server.ts'
import { UDPServer } from '../servers/udp-server.ts'
import { UnixDatagramServer } from '../servers/unix-datagram-server.ts'
import { UnixStreamServer } from '../servers/unix-stream-server.ts'
import { ForkingMixIn } from './forking-mix-in.ts'

/** A {@link TCPServer} with {@link ForkingMixIn}. */
export class ForkingTCPServer extends ForkingMixIn(TCPServer) {}

/** A {@link UDPServer} with {@link ForkingMixIn}. */
export class ForkingUDPServer extends ForkingMixIn(UDPServer) {}

/** A {@link UnixStreamServer} with {@link ForkingMixIn}. */
export class ForkingUnixStreamServer extends ForkingMixIn(UnixStreamServer) {}

/** A {@link UnixDatagramServer} with {@link ForkingMixIn}. */
export class ForkingUnixDatagramServer extends ForkingMixIn(UnixDatagramServer) {}
