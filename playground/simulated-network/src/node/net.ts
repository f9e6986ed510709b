export { Server, createServer, type ListenOptions } from '../tcp/tcp-listener.ts'
export { Socket, connect, connect as createConnection } from '../tcp/tcp-socket.ts'
import { ipVersion } from '../loopback-address.ts'

export const isIP = ipVersion
export const isIPv4 = (host: string): boolean => ipVersion(host) === 4
export const isIPv6 = (host: string): boolean => ipVersion(host) === 6
