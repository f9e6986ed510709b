import { availableParallelism } from 'node:os'
import { settlesWithin } from '../../servers/settles-within.ts'
import { RequestThread } from './request-thread.ts'

/** How long handlers may take to heed their aborted signal before their threads are terminated. */
const ABORT_GRACE_MS = 100

const MAX_STARTING = availableParallelism()

interface Waiting {
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

  get isClosing(): boolean {
    return this.#isClosing
  }

  /** Whether more requests wait than threads could be added. */
  get isCrowded(): boolean {
    return this.#line.length > this.#max - this.#threads.size + this.#starting
  }

  /**
   * A thread that has nothing to do: at once, or the first that is free, be it one of those that are added while there
   * are fewer than `max`. Null if the server is closed before.
   */
  take(max: number, isDaemon: boolean): RequestThread | Promise<RequestThread | null> {
    this.#max = max
    const idle = this.#idle.pop()
    if (idle !== undefined) return idle
    const taken = new Promise<RequestThread | null>((resolve, reject) => {
      this.#line.push({ resolve, reject })
    })
    this.#grow(isDaemon)
    return taken
  }

  /** Called when a thread that was taken has served its request. */
  give(thread: RequestThread): void {
    if (thread.hasEnded) return
    const next = this.#line.shift()
    if (next !== undefined) next.resolve(thread)
    else if (this.#isClosing) thread.end()
    else this.#idle.push(thread)
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
    for (const { resolve } of this.#line.splice(0)) resolve(null)
    for (const thread of threads) thread.abort()
    if (await settlesWithin(ended, ABORT_GRACE_MS)) return
    await Promise.all(threads.map((thread) => thread.terminate()))
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
