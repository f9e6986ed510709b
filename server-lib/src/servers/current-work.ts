import { AsyncLocalStorage } from 'node:async_hooks'

/** What a server waits for: a request, or its own `listen()`. */
export interface Work {
  readonly server: object
  /** Whether the server's loop waits for it; a request in the background holds up `serverClose()` only. */
  readonly holdsLoop: boolean
  /** False when it has ended: a timer that a handler has set inherits its context, but nothing waits for it. */
  active: boolean
}

const currentWork = new AsyncLocalStorage<Work>()

/** Runs `action`, and all that it awaits, as work of `server`; `action` says when the work has ended. */
export function runAsWorkOf(
  server: object,
  holdsLoop: boolean,
  action: (work: Work) => Promise<void>,
): Promise<void> {
  const work = { server, holdsLoop, active: true }
  return currentWork.run(work, action, work)
}

/** Runs `action` as part of work that has begun before, elsewhere than its own calls: what a thread asks for, say. */
export function continueAsWork<T>(work: Work, action: () => T): T {
  return currentWork.run(work, action)
}

/** Whether the caller is part of the work of `server`: then it must not wait for what waits for it. */
export function isWithinWorkOf(server: object, test: (work: Work) => boolean = () => true): boolean {
  const work = currentWork.getStore()
  return work !== undefined && work.server === server && work.active && test(work)
}
