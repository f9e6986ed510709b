import { TCPServer } from '../servers/tcp-server.ts'
import { UDPServer } from '../servers/udp-server.ts'
import { UnixDatagramServer } from '../servers/unix-datagram-server.ts'
import { UnixStreamServer } from '../servers/unix-stream-server.ts'
import { AsyncMixIn } from './async-mix-in.ts'

/** A {@link TCPServer} with {@link AsyncMixIn}. */
export class AsyncTCPServer extends AsyncMixIn(TCPServer) {}

/** A {@link UDPServer} with {@link AsyncMixIn}. */
export class AsyncUDPServer extends AsyncMixIn(UDPServer) {}

/** A {@link UnixStreamServer} with {@link AsyncMixIn}. */
export class AsyncUnixStreamServer extends AsyncMixIn(UnixStreamServer) {}

/** A {@link UnixDatagramServer} with {@link AsyncMixIn}. */
export class AsyncUnixDatagramServer extends AsyncMixIn(UnixDatagramServer) {}
