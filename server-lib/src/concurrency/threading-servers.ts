import { TCPServer } from '../servers/tcp-server.ts'
import { UDPServer } from '../servers/udp-server.ts'
import { ThreadingMixIn } from './threading-mix-in.ts'

/** A {@link TCPServer} with {@link ThreadingMixIn}. */
export class ThreadingTCPServer extends ThreadingMixIn(TCPServer) {}

/** A {@link UDPServer} with {@link ThreadingMixIn}. */
export class ThreadingUDPServer extends ThreadingMixIn(UDPServer) {}
