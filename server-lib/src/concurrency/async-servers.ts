import { TCPServer } from '../servers/tcp-server.ts'
import { UDPServer } from '../servers/udp-server.ts'
import { AsyncMixIn } from './async-mix-in.ts'

/** A {@link TCPServer} with {@link AsyncMixIn}. */
export class AsyncTCPServer extends AsyncMixIn(TCPServer) {}

/** A {@link UDPServer} with {@link AsyncMixIn}. */
export class AsyncUDPServer extends AsyncMixIn(UDPServer) {}
