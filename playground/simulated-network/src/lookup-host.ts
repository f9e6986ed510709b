import { ipVersion } from './loopback-address.ts'
import { systemError } from './system-error.ts'

const LOCAL_NAME = /^(?:.+\.)?localhost$/i

/** What the resolver answers where there is no network but the loopback: only localhost has an address. */
export function lookupHost(host: string, family: 0 | 4 | 6 = 0): { address: string; family: number } | Error {
  const version = ipVersion(host)
  if (version !== 0) return { address: host, family: version }
  if (LOCAL_NAME.test(host))
    return family === 6 ? { address: '::1', family } : { address: '127.0.0.1', family: 4 }
  const error = systemError('getaddrinfo', 'ENOTFOUND')
  return Object.assign(error, { message: `${error.message} ${host}`, hostname: host })
}
