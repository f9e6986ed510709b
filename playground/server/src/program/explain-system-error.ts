import { isIPv4, isIPv6 } from 'node:net'

interface AddressError extends NodeJS.ErrnoException {
  address?: string
  port?: number
}

/** One line for the errors that everyone who writes servers meets; undefined for every other value. */
export function explainSystemError(error: unknown): string | undefined {
  const { code, syscall, address = '', port } = causeOf(error)
  const isBind = syscall === 'listen' || syscall === 'bind'
  if (isBind && code === 'EADDRINUSE') {
    return port === undefined
      ? `Path "${address}" is already in use: stop the program that uses it, or change the path`
      : `Port ${port} is already in use: stop the program that uses it, or change the port`
  }
  if (isBind && code === 'EACCES' && port !== undefined) {
    return `Port ${port} is only for the administrator: change it to a port of 1024 or above`
  }
  if (syscall === 'connect' && code === 'ECONNREFUSED') {
    return `Nothing is listening on ${describe(address, port)}: start the server first`
  }
  return undefined
}

/** A name with several addresses is tried at each of them, and all of their errors are reported together. */
function causeOf(error: unknown): AddressError {
  const errors: unknown[] = error instanceof AggregateError ? error.errors : [error]
  const causes: AddressError[] = errors.filter((cause) => cause instanceof Error)
  return causes.find(({ address }) => address !== undefined && isIPv4(address)) ?? causes[0] ?? new Error()
}

function describe(address: string, port: number | undefined): string {
  if (port === undefined) return address
  return isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`
}
