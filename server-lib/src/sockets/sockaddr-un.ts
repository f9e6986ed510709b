import { checkUnixAddress, isAbstractName, type UnixAddress } from './address.ts'
import { KnownSockaddrs } from './known-sockaddrs.ts'

const IS_LINUX = process.platform === 'linux'
const PATH_OFFSET = 2
const NUL = 0

/** The address family of Unix sockets, the same on every system. */
export const AF_UNIX = 1
/** The size of the largest `struct sockaddr_un`, that of Linux. */
export const SOCKADDR_BYTES = 110

const known = new KnownSockaddrs()

/** The `struct sockaddr_un` of an address. @throws {TypeError | RangeError} for what is not an address. */
export function sockaddrOf(address: UnixAddress): Buffer {
  return known.get(address) ?? known.add(address, encode(address))
}

function encode(address: UnixAddress): Buffer {
  checkUnixAddress(address, 'send')
  const length = PATH_OFFSET + Buffer.byteLength(address) + (isAbstractName(address) ? 0 : 1)
  const sockaddr = Buffer.alloc(length)
  // macOS has the length in the first byte and the family in the second.
  if (IS_LINUX) sockaddr.writeUInt16LE(AF_UNIX)
  else sockaddr.set([length, AF_UNIX])
  sockaddr.write(address, PATH_OFFSET)
  return sockaddr
}

/** The address in the `length` bytes of a `struct sockaddr_un` that the system has filled; `''` of an unbound socket. */
export function addressOf(sockaddr: Buffer, length: number): UnixAddress {
  if (length <= PATH_OFFSET) return ''
  const isAbstract = sockaddr[PATH_OFFSET] === NUL
  if (isAbstract) return IS_LINUX ? sockaddr.toString('utf8', PATH_OFFSET, length) : ''
  const end = sockaddr.indexOf(NUL, PATH_OFFSET)
  return sockaddr.toString('utf8', PATH_OFFSET, end === -1 || end > length ? length : end)
}
