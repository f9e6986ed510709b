let servers = 0

/** Names what a server waits for, so that a call from within it can be told from one that comes from elsewhere. */
export class WorkNames {
  /** What the server's loop waits for: a request, or its own `listen()`. */
  readonly loop: string
  /** What holds up `serverClose()` only: a request that is served while the loop goes on. */
  readonly background: string

  constructor() {
    const id = ++servers
    this.loop = `work of server ${id}`
    this.background = `work of server ${id} in the background`
  }
}

/** Gives `action` a name, by which {@link isCalledWithin} knows it and all that it awaits. */
export function named<Action extends (...args: never[]) => Promise<unknown>>(
  name: string,
  action: Action,
): Action {
  return Object.defineProperty(action, 'name', { value: name })
}

/**
 * Whether the caller was called by a function of one of these names, at once or after an `await`: then it must not wait
 * for that function. It is read from the stack, where V8 shows the functions that wait, because a stack costs something only
 * here; an AsyncLocalStorage makes every promise of a program on Node 20 dearer. A timer or an event breaks the chain.
 */
export function isCalledWithin(names: readonly string[]): boolean {
  const { prepareStackTrace, stackTraceLimit } = Error
  const captured: { stack?: unknown } = {}
  try {
    Error.stackTraceLimit = Infinity
    Error.prepareStackTrace = (_, frames) =>
      frames.some((frame) => names.includes(frame.getFunctionName() ?? ''))
    Error.captureStackTrace(captured)
    return captured.stack === true
  } finally {
    Error.prepareStackTrace = prepareStackTrace
    Error.stackTraceLimit = stackTraceLimit
  }
}
