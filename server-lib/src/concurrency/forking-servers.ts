import { TCPServer } from '../servers/tcp-server.ts'
import { UDPServer } from '../servers/udp-server.ts'
import { ForkingMixIn } from './forking-mix-in.ts'

/** A {@link TCPServer} with {@link ForkingMixIn}. */
export class ForkingTCPServer extends ForkingMixIn(TCPServer) {}

/** A {@link UDPServer} with {@link ForkingMixIn}. */
export class ForkingUDPServer extends ForkingMixIn(UDPServer) {}
