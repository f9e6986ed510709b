import { checkCount } from './check-count.ts'
import { ChildPool, type ServedRequest } from '../processes/parent/child-pool.ts'
import { DepartingRequest } from '../processes/parent/departing-request.ts'
import { blueprintOf } from '../remote/server-blueprint.ts'
import type { BaseServer } from '../servers/base-server.ts'
import type { ServerCloseOptions } from '../servers/loop-control.ts'
import { refuse } from '../servers/finish-request.ts'
import type { ServerClass } from '../servers/server-class.ts'
import { settlesWithin, timeLeft } from '../servers/settles-within.ts'

/** What {@link ForkingMixIn} adds to a server. */
export interface ForkingMembers {
  /** Milliseconds that `handleRequest()` waits before it calls `handleTimeout()`; 300,000, as in CPython. */
  timeout: number | null
  /** How many children may serve requests at once; at so many, the next request waits. 40 by default. */
  maxChildren: number
  /**
   * With false, `serverClose()` does not wait for children that serve a request, but the end of the process still does;
   * true by default.
   */
  blockOnClose: boolean
  /**
   * How many requests a child serves before it ends. The default, 1, is a new process for each request, which costs
   * 40 ms of processor time, so that one core serves about 25 requests a second; more requests to a child are faster,
   * and share what modules keep in memory.
   */
  requestsPerChild: number
  /** The process ids of the children that serve a request now; null while the server does not listen. */
  readonly activeChildren: ReadonlySet<number> | null
  /** Called by `serviceActions()`, `handleTimeout()` and `serverClose()`: replaces children that have ended and, with `blocking`, waits until none serves. */
  collectChildren(options?: { blocking?: boolean }): Promise<void>
}

/**
 * Serves each request in a child process, isolated from the others. `class MyServer extends ForkingMixIn(TCPServer) {}`.
 *
 * Children are started ahead of their requests. The handler class must be exported from its module, which the child
 * imports; so must a server class with methods of its own. The handler's `server` is the child's own: its fields are
 * copies of the server's when the request began, and what a handler changes never reaches the server. `finishRequest()`,
 * `handleError()` and `shutdownRequest()` run in the child; its output goes where the server's goes. A child that dies
 * is replaced, and reported to the server's `handleError()`; one that `serverClose()` ends after its timeout gets SIGTERM,
 * then SIGKILL, and its handler's `signal` is not aborted before. Children end when the server's process does. A child has
 * the server's environment; NODE_EXTRA_CA_CERTS in it makes each start 80 to 100 ms slower on Node 20.
 *
 * Follows CPython's `socketserver.ForkingMixIn`.
 */
export function ForkingMixIn<Base extends ServerClass>(Base: Base): Base & ServerClass<ForkingMembers> {
  abstract class ForkingServer extends Base implements ForkingMembers {
    override timeout: number | null = 300_000
    maxChildren = 40
    blockOnClose = true
    requestsPerChild = 1
    #pool: ChildPool | null = null
    #stopWaiting = () => {}

    get activeChildren(): ReadonlySet<number> | null {
      return this.#pool?.pids ?? null
    }

    /** Finds the classes for the children, so that one that is not exported fails here, and starts the first children. */
    override async serverActivate(): Promise<void> {
      await super.serverActivate()
      checkCount('maxChildren', this.maxChildren)
      if (this.requestsPerChild !== Infinity) checkCount('requestsPerChild', this.requestsPerChild)
      this.#ownPool().startSpares(await blueprintOf(this))
    }

    /** Hands the request to a child; at `maxChildren`, waits for one to become free or for `shutdown()`. */
    override async processRequest(request: unknown, clientAddress: unknown): Promise<void> {
      const blueprint = await blueprintOf(this)
      const handedOver = this.#ownPool().serve(new DepartingRequest(this, request, clientAddress), blueprint)
      const served = this.runInBackground(() => settled(this, request, clientAddress, handedOver))
      if (this.blockOnClose) this.holdClose(served)
      const stopped = new Promise<void>((resolve) => (this.#stopWaiting = resolve))
      // What kept it from being handed over is reported by settled(); the loop only waits for a free child.
      await Promise.race([handedOver.catch(() => {}), stopped])
    }

    override shutdown(): Promise<void> {
      this.#stopWaiting()
      return super.shutdown()
    }

    async collectChildren({ blocking = false }: { blocking?: boolean } = {}): Promise<void> {
      this.#pool?.startSpares()
      if (blocking) await this.#pool?.servingNone()
    }

    override handleTimeout(): Promise<void> {
      return this.collectChildren()
    }

    override serviceActions(): Promise<void> {
      return this.collectChildren()
    }

    /** Waits for the children too, unless `blockOnClose` says otherwise; after `timeout` ms ends them. */
    override async serverClose(options: ServerCloseOptions = {}): Promise<void> {
      const leftMs = timeLeft(options.timeout)
      await super.serverClose(options)
      const pool = this.#pool
      if (pool === null) return
      const blocking = this.blockOnClose && !this.isCalledFromWithin()
      const ended = Promise.all([pool.close(), this.collectChildren({ blocking })])
      if (!(await settlesWithin(ended, leftMs()))) await pool.kill(blocking)
      if (this.#pool === pool) this.#pool = null
    }

    #ownPool(): ChildPool {
      return (this.#pool ??= new ChildPool(this))
    }
  }
  return ForkingServer
}

/** Resolves when the request is over and its child free; reports what has kept the child from serving it. */
async function settled(
  server: BaseServer<unknown, unknown>,
  request: unknown,
  clientAddress: unknown,
  handedOver: Promise<ServedRequest | null>,
): Promise<void> {
  try {
    const served = await handedOver
    if (served === null) {
      // The server was closed while the request waited for a child.
      await server.shutdownRequest(request)
      return
    }
    try {
      await server.closeRequest(request)
      await served.finished
    } finally {
      await served.released
    }
  } catch (error) {
    await refuse(server, request, clientAddress, error)
  }
}
