import { inspect } from 'node:util'
import { SocketServerError, type SocketServerErrorCode } from '../errors.ts'

/** An error as it travels between threads, whose `code`, `syscall` and the like a structured clone would lose. */
export interface ErrorMessage {
  name: string
  message: string
  stack: string | undefined
  /** Its other properties, as far as they are plain values. */
  details: Record<string, string | number | boolean>
}

/** Anything that was thrown, as a message. */
export function encodeError(error: unknown): ErrorMessage {
  if (!(error instanceof Error)) {
    return { name: 'Error', message: inspect(error), stack: undefined, details: {} }
  }
  const { name, message, stack } = error
  const details: ErrorMessage['details'] = {}
  for (const [key, value] of Object.entries(error)) {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      details[key] = value
  }
  return { name, message, stack, details }
}

/** The error that a message stands for, a {@link SocketServerError} as one. */
export function decodeError({ name, message, stack, details }: ErrorMessage): Error {
  const error: Error =
    name === 'SocketServerError'
      ? new SocketServerError(details['code'] as SocketServerErrorCode, message)
      : new Error(message)
  Object.assign(error, details)
  error.name = name
  if (stack !== undefined) error.stack = stack
  return error
}
