import { checkCount } from './check-count.ts'
import { blueprintOf } from '../remote/server-blueprint.ts'
import type { ServerCloseOptions } from '../servers/loop-control.ts'
import { refuse } from '../servers/finish-request.ts'
import type { ServerClass } from '../servers/server-class.ts'
import { timeLeft } from '../servers/settles-within.ts'
import { descriptorCalls } from '../threads/parent/descriptors.ts'
import { isQueueable } from '../threads/parent/request-message.ts'
import type { RequestThread, ThreadJob } from '../threads/parent/request-thread.ts'
import { ThreadPool } from '../threads/parent/thread-pool.ts'

type TakenThread = RequestThread | Promise<RequestThread | null>

/** What {@link ThreadingMixIn} adds to a server. */
export interface ThreadingMembers {
  /** With true, neither `serverClose()` nor the end of the process waits for threads; false by default. */
  daemonThreads: boolean
  /** With false, `serverClose()` does not wait for threads, but the end of the process still does; true by default. */
  blockOnClose: boolean
  /**
   * How many threads there may be, 64 by default; at so many requests in progress, the next waits for the first to finish.
   * One more connection may wait with each thread, beyond `maxPending`. Short requests are served fastest by about one thread for each core.
   */
  maxThreads: number
}

/**
 * Serves each request in a worker thread, in parallel with the others: `class MyServer extends ThreadingMixIn(TCPServer) {}`.
 * Threads are started when they are needed, each serves one request at a time, and they are kept until the server closes.
 * The handler class must be exported from its module, which the threads import; so must a server class that has methods.
 *
 * A handler's `server` is the thread's own: its fields are those of the server when it gave the request to the thread.
 * SharedArrayBuffers among them are shared (see {@link Lock}); what else the handler changes stays in its thread. `finishRequest()`,
 * `handleError()` and `shutdownRequest()` run in the thread; `shutdown()` and `serverClose()` of a handler reach the server.
 *
 * A connection is handed over to its thread by the optional package koffi. Without it, or with the environment variable
 * SOCKETSERVER_TS_NO_KOFFI=1, the main thread carries its bytes, which is slower.
 * Follows CPython's `socketserver.ThreadingMixIn`.
 */
export function ThreadingMixIn<Base extends ServerClass>(Base: Base): Base & ServerClass<ThreadingMembers> {
  abstract class ThreadingServer extends Base implements ThreadingMembers {
    daemonThreads = false
    blockOnClose = true
    maxThreads = 64
    #pool = new ThreadPool()
    #stopWaiting = () => {}

    /** Finds the classes for the threads, so that one that is not exported fails here and not with the first request. */
    override async serverActivate(): Promise<void> {
      await super.serverActivate()
      checkCount('maxThreads', this.maxThreads)
      await blueprintOf(this)
    }

    /** Hands the request to a thread; while all are taken, waits for one to become free or for `shutdown()`. */
    override async processRequest(request: unknown, clientAddress: unknown): Promise<void> {
      checkCount('maxThreads', this.maxThreads)
      const blueprint = await blueprintOf(this)
      const calls = await descriptorCalls()
      if (this.#pool.isClosing) this.#pool = new ThreadPool()
      const pool = this.#pool
      const { daemonThreads: isDaemon } = this
      const job = { server: this, blueprint, request, clientAddress, calls, isDaemon }
      const take = (canQueue: boolean) => pool.take(this.maxThreads, isDaemon, canQueue)
      const thread = take(isQueueable(request, calls))
      const served = this.runInBackground(() => serveIn(pool, thread, take, job))
      if (this.blockOnClose && !isDaemon) this.holdClose(served)
      if (!pool.isCrowded) return
      await new Promise<void>((resolve) => {
        this.#stopWaiting = resolve
        Promise.resolve(thread).then(() => {
          resolve()
        }, resolve)
      })
    }

    override shutdown(): Promise<void> {
      this.#stopWaiting()
      return super.shutdown()
    }

    /** Waits for the threads too, unless `daemonThreads` or `blockOnClose` say otherwise; after `timeout` ms ends them. */
    override async serverClose(options: ServerCloseOptions = {}): Promise<void> {
      const leftMs = timeLeft(options.timeout)
      await super.serverClose(options)
      this.#pool.close()
      if (this.daemonThreads || !this.blockOnClose || this.isCalledFromWithin()) return
      await this.#pool.ended(leftMs())
    }
  }
  return ThreadingServer
}

async function serveIn(
  pool: ThreadPool,
  first: TakenThread,
  take: (canQueue: boolean) => TakenThread,
  job: ThreadJob,
): Promise<void> {
  let taken = first
  while (!(await isServedBy(taken, pool, job))) taken = take(false)
}

/** Resolves to false if the thread that it was queued for has not begun it, and another one has to. */
async function isServedBy(taken: TakenThread, pool: ThreadPool, job: ThreadJob): Promise<boolean> {
  let thread: RequestThread | null = null
  let isServed = true
  try {
    thread = taken instanceof Promise ? await taken : taken
    // With null, the server was closed while the request was in line, and has reset its connection.
    if (thread !== null) isServed = await thread.serve(job)
  } catch (error) {
    await refuse(job.server, job.request, job.clientAddress, error)
  }
  if (thread !== null) pool.give(thread)
  return isServed
}
