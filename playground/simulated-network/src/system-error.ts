import type { NetworkAddress } from './network-messages.ts'

/** The numbers of Linux, negative as libuv gives them. */
const ERRNO = {
  EADDRINUSE: -98,
  EADDRNOTAVAIL: -99,
  ECONNREFUSED: -111,
  ECONNRESET: -104,
  EMSGSIZE: -90,
  ENETUNREACH: -101,
  ENOTFOUND: -3008,
  EPIPE: -32,
} as const

const DESCRIPTIONS: Partial<Record<SystemErrorCode, string>> = {
  EADDRINUSE: 'address already in use',
  EADDRNOTAVAIL: 'address not available',
}

export type SystemErrorCode = keyof typeof ERRNO

/** The error that Node reports for a failed system call, with its message and properties. */
export function systemError(syscall: string, code: SystemErrorCode, address?: NetworkAddress): Error {
  const description = syscall === 'listen' ? DESCRIPTIONS[code] : undefined
  const where = address === undefined ? '' : ` ${address.host}:${address.port}`
  const message = `${syscall} ${code}${description === undefined ? '' : `: ${description}`}${where}`
  const details = address === undefined ? {} : { address: address.host, port: address.port }
  return Object.assign(new Error(message), { errno: ERRNO[code], code, syscall, ...details })
}
