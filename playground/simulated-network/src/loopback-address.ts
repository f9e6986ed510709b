import type { NetworkAddress } from './network-messages.ts'

const ANY_IPV4 = '0.0.0.0'
const ANY_IPV6 = '::'
const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/
const IPV6 = /^(?=.*:)[0-9a-f:.]+(%\w+)?$/i
const IPV6_LOOPBACK = '::1'

/** 4 or 6 for an IP address, 0 for anything else. */
export function ipVersion(host: string): 0 | 4 | 6 {
  const bytes = IPV4.exec(host)?.slice(1)
  if (bytes !== undefined) return bytes.every((byte) => Number(byte) <= 255) ? 4 : 0
  return IPV6.test(host) ? 6 : 0
}

/** Whether the host is this machine's: it has a loopback interface and no other. */
export function isLoopback(host: string): boolean {
  return host.startsWith('127.') || host === IPV6_LOOPBACK
}

export function isAnyAddress(host: string): boolean {
  return host === ANY_IPV4 || host === ANY_IPV6
}

/** Where a connection to `host` goes: one to "any address" goes to this machine. */
export function destinationOf(host: string): string {
  if (host === ANY_IPV4) return '127.0.0.1'
  return host === ANY_IPV6 ? IPV6_LOOPBACK : host
}

/** Whether a socket that is bound to `bound` is reached at `host`. A socket at `::` takes IPv4 too, as on Linux. */
export function reaches(bound: NetworkAddress, { host, port }: NetworkAddress): boolean {
  if (bound.port !== port) return false
  if (bound.host === host || bound.host === ANY_IPV6) return true
  return bound.host === ANY_IPV4 && ipVersion(host) === 4
}

/** Whether two sockets cannot have these addresses at the same time. */
export function conflicts(one: NetworkAddress, other: NetworkAddress): boolean {
  return reaches(one, other) || reaches(other, one)
}
