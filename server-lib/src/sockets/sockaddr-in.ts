import { isIP } from 'node:net'
import type { InetAddress } from './address.ts'
import { KnownSockaddrs } from './known-sockaddrs.ts'

const IS_LINUX = process.platform === 'linux'
const AF_INET = 2
const AF_INET6 = IS_LINUX ? 10 : 30
const IN_BYTES = 16
const IN6_BYTES = 28
const IN6_ADDRESS_OFFSET = 8

const known = new KnownSockaddrs()

/** The `struct sockaddr_in` or `sockaddr_in6` of an address; null if its host is a name or has a zone, which the system looks up. */
export function sockaddrOfInet({ host, port }: InetAddress): Buffer | null {
  const key = `${host} ${port}`
  const found = known.get(key)
  if (found !== undefined) return found
  const family = isIP(host)
  if (family === 0 || host.includes('%')) return null
  const sockaddr = family === 4 ? encode(IN_BYTES, AF_INET, port) : encode(IN6_BYTES, AF_INET6, port)
  if (family === 4) sockaddr.set(bytesOfIPv4(host), 4)
  else sockaddr.set(bytesOfIPv6(host), IN6_ADDRESS_OFFSET)
  return known.add(key, sockaddr)
}

function encode(bytes: number, family: number, port: number): Buffer {
  const sockaddr = Buffer.alloc(bytes)
  // macOS has the length in the first byte and the family in the second.
  if (IS_LINUX) sockaddr.writeUInt16LE(family)
  else sockaddr.set([bytes, family])
  sockaddr.writeUInt16BE(port, 2)
  return sockaddr
}

function bytesOfIPv4(host: string): number[] {
  return host.split('.').map(Number)
}

/** RFC 4291, 2.2: groups in hexadecimal, one `::` for groups that are zero, and an IPv4 address as the last two. */
function bytesOfIPv6(host: string): number[] {
  const [head = [], tail] = host.split('::').map(groupsOf)
  if (tail === undefined) return head
  return [...head, ...Array<number>(16 - head.length - tail.length).fill(0), ...tail]
}

function groupsOf(part: string): number[] {
  if (part === '') return []
  return part.split(':').flatMap((group) => {
    if (group.includes('.')) return bytesOfIPv4(group)
    const value = Number.parseInt(group, 16)
    return [value >> 8, value & 0xff]
  })
}
