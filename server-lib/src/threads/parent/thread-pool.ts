import { availableParallelism } from 'node:os'
import { ABORT_GRACE_MS, settlesWithin } from '../../servers/settles-within.ts'
import { RequestThread } from './request-thread.ts'

const MAX_STARTING = availableParallelism()

interface Waiting {
  canQueue: boolean
  resolve: (thread: RequestThread | null) => void
  reject: (error: unknown) => void
}

/** The threads of one server: started when they are needed, and then kept for its next requests until it is closed. */
export class ThreadPool {
  readonly #threads = new Set<RequestThread>()
  readonly #idle: RequestThread[] = []
  readonly #line: Waiting[] = []
  #starting = 0
  #max = 1
  #isClosing = false
  /** Whether the time for what was left to do is over. */
  #isOver = false

  get isClosing(): boolean {
    return this.#isClosing
  }

  /** Whether more requests wait than threads could be added. */
  get isCrowded(): boolean {
    return this.#line.length > this.#max - this.#threads.size + this.#starting
  }

  /**
   * A thread that has nothing to do: at once, or the first that is free, be it one of those that are added while there
   * are fewer than `max`; if the request can be queued, also one that has room for it. Null if the server is closed before.
   */
  take(max: number, isDaemon: boolean, canQueue: boolean): RequestThread | Promise<RequestThread | null> {
    this.#max = max
    if (this.#isOver) return Promise.resolve(null)
    const thread = this.#idle.pop() ?? (canQueue && this.#isFull ? this.#roomiest() : undefined)
    if (thread !== undefined) return thread
    const taken = new Promise<RequestThread | null>((resolve, reject) => {
      this.#line.push({ canQueue, resolve, reject })
    })
    this.#grow(isDaemon)
    return taken
  }

  /** Called when a thread that was taken has served its request, or has not. */
  give(thread: RequestThread): void {
    if (thread.hasEnded || this.#idle.includes(thread)) return
    if (!thread.isIdle) {
      this.#fill(thread)
      return
    }
    const next = this.#line.shift()
    if (next !== undefined) {
      next.resolve(thread)
      return
    }
    this.#idle.push(thread)
    // Who was queued for another thread is served by this one sooner.
    for (const other of this.#threads) if (other.withdraw()) return
    if (this.#isClosing) this.#idle.splice(this.#idle.indexOf(thread), 1)[0]?.end()
  }

  /** Lets each thread end when it has nothing left to do; requests that wait for one still get one. */
  close(): void {
    this.#isClosing = true
    for (const thread of this.#idle.splice(0)) thread.end()
  }

  /** Resolves when all threads have ended, for which they have `timeoutMs`; afterwards they are terminated. */
  async ended(timeoutMs: number | undefined): Promise<void> {
    const threads = [...this.#threads]
    const ended = Promise.all(threads.map((thread) => thread.ended))
    for (const thread of threads) thread.hold()
    if (await settlesWithin(ended, timeoutMs)) return
    this.#isOver = true
    for (const { resolve } of this.#line.splice(0)) resolve(null)
    for (const thread of threads) {
      thread.withdraw()
      thread.abort()
    }
    if (await settlesWithin(ended, ABORT_GRACE_MS)) return
    await Promise.all(threads.map((thread) => thread.terminate()))
  }

  get #isFull(): boolean {
    return this.#threads.size >= this.#max && this.#starting === 0 && this.#line.length === 0
  }

  /** Of the threads that have room, the one whose request has begun last: it may be one of the short ones. */
  #roomiest(): RequestThread | undefined {
    let best: RequestThread | undefined
    for (const thread of this.#threads) {
      if (thread.hasRoom && thread.lastBegin > (best?.lastBegin ?? -1)) best = thread
    }
    return best
  }

  #fill(thread: RequestThread): void {
    if (!thread.hasRoom) return
    const index = this.#line.findIndex(({ canQueue }) => canQueue)
    if (index !== -1) this.#line.splice(index, 1)[0]?.resolve(thread)
  }

  // A start takes tens of milliseconds of a core, in which the threads that are there may serve many requests.
  #grow(isDaemon: boolean): void {
    const isWanted = this.#line.length > this.#starting && this.#starting < MAX_STARTING
    if (isWanted && this.#threads.size < this.#max) this.#start(isDaemon)
  }

  #start(isDaemon: boolean): void {
    const thread = new RequestThread(isDaemon)
    this.#threads.add(thread)
    this.#starting++
    void thread.ready
      .then(
        () => {
          this.give(thread)
        },
        (error: unknown) => this.#line.shift()?.reject(error),
      )
      .then(() => {
        this.#starting--
        this.#grow(isDaemon)
      })
    void thread.ended.then(() => {
      this.#threads.delete(thread)
      const index = this.#idle.indexOf(thread)
      if (index !== -1) this.#idle.splice(index, 1)
      // The next in line may have been to get this thread.
      this.#grow(isDaemon)
    })
  }
}
