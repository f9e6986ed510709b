/** Every `code` of {@link SocketServerError}. */
export type SocketServerErrorCode =
  | 'ERR_ALREADY_SERVING'
  | 'ERR_CHILD_DIED'
  | 'ERR_INCOMPLETE_READ'
  | 'ERR_LINE_TOO_LONG'
  | 'ERR_NOT_EXPORTED'
  | 'ERR_NOT_MAIN'
  | 'ERR_READ_IN_PROGRESS'
  | 'ERR_SOCKET_CLOSED'
  | 'ERR_SOCKET_TIMEOUT'
  | 'ERR_THREAD_ENDED'
  | 'ERR_UNNAMED_PEER'
  | 'ERR_UNSUPPORTED'

/**
 * An error of this library that a caller may want to catch; branch on `code`, never on the message.
 * Misuse throws `TypeError` or `RangeError`, and errors of the system (`EADDRINUSE`) pass through unwrapped.
 */
export class SocketServerError extends Error {
  /** What the error is called where it is printed. */
  override readonly name = 'SocketServerError'
  /** What went wrong, for programs to branch on. */
  readonly code: SocketServerErrorCode

  /** Called by the library, which is alone in throwing it. */
  constructor(code: SocketServerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/**
 * Thrown by a handler to end its server instead of only its request: the request is shut down, `handleError()` is
 * not called, and `serveForever()` or `handleRequest()` of a synchronous server rejects with it.
 * Follows CPython's `SystemExit`, which `socketserver` lets pass.
 */
export class SystemExit extends Error {
  /** What the error is called where it is printed. */
  override readonly name = 'SystemExit'
  /** The exit code that the thrower asks for; 0 by default. */
  readonly code: number

  /** Makes the error that a handler throws. */
  constructor(code = 0) {
    super(`Exit with code ${code}`)
    this.code = code
  }
}

/** Tells an error that came from a system call, as CPython's `OSError` does. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error
}

/** Of whoever would serve with a server that is taken. */
export function alreadyServingError(): SocketServerError {
  const required = 'shutdown() is required before, and serverClose() if it served in another thread'
  return new SocketServerError('ERR_ALREADY_SERVING', `Cannot serve twice at once: ${required}`)
}

/** Of a server that a thread or child process would start once more, because it imports the program. */
export function notMainError(): SocketServerError {
  const required = 'a program must start its servers only if isMain(import.meta)'
  return new SocketServerError(
    'ERR_NOT_MAIN',
    `Cannot listen while a thread or child process imports this: ${required}`,
  )
}
