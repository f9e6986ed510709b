import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { inspect } from 'node:util'
import { SocketServerError } from '../errors.ts'

/** An IP address or host name with its port, usable as it is with `net.connect`. */
export interface InetAddress {
  /** An IP address, or a name that is looked up; for a server, `''` is every address of the machine. */
  host: string
  /** From 1 to 65535; for a server or a datagram socket, 0 is a free port that the system chooses. */
  port: number
}

/**
 * The path of a Unix domain socket; `''` for a peer that has none. On Linux a name that begins with a NUL byte is
 * abstract: it lives as long as its socket, without a file (unix(7)).
 */
export type UnixAddress = string

/** The address families of the library's servers, by their names in C and Python. */
export type AddressFamily = 'AF_INET' | 'AF_INET6' | 'AF_UNIX'

const MAX_PORT = 65_535
/** The size of `sun_path`: a path ends in a NUL byte within it, an abstract name may fill it. */
const SUN_PATH_BYTES = process.platform === 'linux' ? 108 : 104

/** @throws {TypeError | RangeError} if `address` is not `{ host, port }` with a port between 0 and 65535. */
export function checkInetAddress(
  address: unknown,
  action: 'bind' | 'connect' | 'send',
): asserts address is InetAddress {
  const { host, port } = Object(address) as Partial<Record<'host' | 'port', unknown>>
  if (typeof host !== 'string') {
    throw new TypeError(
      `Cannot ${action} to address ${inspect(address)}: { host: string, port: number } is required`,
    )
  }
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 0 || port > MAX_PORT) {
    throw new RangeError(`Cannot ${action} to port ${inspect(port)}: port must be between 0 and ${MAX_PORT}`)
  }
}

/** @throws {TypeError | RangeError} if `address` is not a path that fits; {@link SocketServerError} ERR_UNSUPPORTED. */
export function checkUnixAddress(
  address: unknown,
  action: 'bind' | 'connect' | 'send',
): asserts address is UnixAddress {
  const refusal = (required: string): string =>
    `Cannot ${action} to Unix address ${inspect(address)}: ${required} is required`
  if (process.platform === 'win32') {
    throw new SocketServerError('ERR_UNSUPPORTED', refusal('a platform with Unix sockets'))
  }
  if (typeof address !== 'string') throw new TypeError(refusal('a path (string)'))
  const isAbstract = isAbstractName(address)
  if (isAbstract && process.platform !== 'linux') {
    throw new SocketServerError('ERR_UNSUPPORTED', refusal('Linux, for an abstract name,'))
  }
  if (!isAbstract && address.includes('\0')) throw new RangeError(refusal('a path without NUL bytes'))
  const bytes = Buffer.byteLength(address)
  const maxBytes = isAbstract ? SUN_PATH_BYTES : SUN_PATH_BYTES - 1
  if (bytes === 0 || bytes > maxBytes) {
    throw new RangeError(refusal(`a path of 1 to ${maxBytes} bytes, not ${bytes},`))
  }
}

/** Tells a name without a file (Linux) from a path. */
export function isAbstractName(address: UnixAddress): boolean {
  return address.startsWith('\0')
}

/** Writes an address as people do: `127.0.0.1:9999`, `[::1]:9999`, or a Unix path. */
export function formatAddress(address: unknown): string {
  if (typeof address === 'string') {
    // Python and ss(8) write the NUL byte of an abstract name as @.
    return address === '' ? 'an unnamed Unix socket' : address.replaceAll('\0', '@')
  }
  const { host, port } = address as InetAddress
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/**
 * Every address that a server may bind for `host`, best first. A literal stands for itself; a name is looked up in
 * `family` only, so that `localhost` is 127.0.0.1 under AF_INET; `''` is any address, as in CPython.
 * @throws {TypeError} if the family has no hosts.
 */
export async function resolveBindHosts(host: string, family: AddressFamily): Promise<string[]> {
  if (family !== 'AF_INET' && family !== 'AF_INET6') {
    throw new TypeError(
      `Cannot bind host ${inspect(host)} with addressFamily ${inspect(family)}: 'AF_INET' or 'AF_INET6' is required`,
    )
  }
  if (host === '') return [family === 'AF_INET6' ? '::' : '0.0.0.0']
  if (isIP(host) !== 0) return [host]
  const found = await lookup(host, { all: true, family: family === 'AF_INET6' ? 6 : 4 })
  return found.map((entry) => entry.address)
}

/** Runs `bind` with each host in turn until one succeeds. @throws the last error when none does. */
export async function bindFirst<T>(hosts: readonly string[], bind: (host: string) => Promise<T>): Promise<T> {
  let failure: unknown
  for (const host of hosts) {
    try {
      return await bind(host)
    } catch (error) {
      failure = error
    }
  }
  throw failure
}
