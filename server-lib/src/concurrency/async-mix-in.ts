import type { ServerClass } from '../servers/server-class.ts'

/**
 * Serves each request as a task on the event loop, while the loop takes the next one: requests interleave wherever a
 * handler awaits, and share the server's memory. `class MyServer extends AsyncMixIn(TCPServer) {}`.
 * It is what the seed calls a table of partly finished requests with `select()`; CPython's module has no such class.
 */
export function AsyncMixIn<Base extends ServerClass>(Base: Base): Base {
  abstract class AsyncServer extends Base {
    /** Starts the request and does not wait for it. */
    override processRequest(request: unknown, clientAddress: unknown): void {
      this.processInBackground(request, clientAddress)
    }
  }
  return AsyncServer
}
