import type { ServerClass } from '../servers/server-class.ts'

/** What {@link AsyncMixIn} adds to a server. */
export interface AsyncMembers {
  /** How many requests may be in progress; at so many, the next waits for one to finish. Without limit by default. */
  maxTasks: number
}

/**
 * Serves each request as a task on the event loop, while the loop takes the next one: requests interleave wherever a
 * handler awaits, and share the server's memory. `class MyServer extends AsyncMixIn(TCPServer) {}`.
 * It is what Python's documentation calls "an explicit table of partially finished requests" with `select()`; CPython's
 * module has no such class.
 */
export function AsyncMixIn<Base extends ServerClass>(Base: Base): Base & ServerClass<AsyncMembers> {
  abstract class AsyncServer extends Base implements AsyncMembers {
    maxTasks = Infinity
    #tasks = 0
    #stopWaiting = () => {}

    /** Starts the request; while `maxTasks` are in progress, waits for one to finish or for `shutdown()`. */
    override processRequest(request: unknown, clientAddress: unknown): void | Promise<void> {
      this.#tasks++
      this.processInBackground(request, clientAddress)
      if (this.#tasks < this.maxTasks) return
      return new Promise((resolve) => (this.#stopWaiting = resolve))
    }

    protected override backgroundRequestEnded(): void {
      this.#tasks--
      this.#stopWaiting()
    }

    override shutdown(): Promise<void> {
      this.#stopWaiting()
      return super.shutdown()
    }
  }
  return AsyncServer
}
