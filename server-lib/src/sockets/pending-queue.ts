/** Why a wait ended: something waits, the time was over, or {@link PendingQueue.interrupt} was called. */
export type WaitResult = 'ready' | 'timeout' | 'interrupted'

const COMPACT_AT = 1024

interface Waiter {
  settle: (result: WaitResult) => void
  timer: NodeJS.Timeout | null
}

/** A first-in, first-out line of what has arrived and was not begun yet, with the wait that `select()` is in CPython. */
export class PendingQueue<Item> {
  #items: (Item | undefined)[] = []
  #head = 0
  #waiters: Waiter[] = []

  get size(): number {
    return this.#items.length - this.#head
  }

  push(item: Item): void {
    this.#items.push(item)
    if (this.#waiters.length > 0) this.#settle('ready')
  }

  shift(): Item | undefined {
    if (this.#head === this.#items.length) return undefined
    const item = this.#items[this.#head]
    this.#items[this.#head++] = undefined
    if (this.#head === this.#items.length) {
      this.#items.length = 0
      this.#head = 0
    } else if (this.#head >= COMPACT_AT) {
      // A line that is never quite empty must not keep the slots of all that have left it.
      this.#items.splice(0, this.#head)
      this.#head = 0
    }
    return item
  }

  /** Resolves at once when something waits; otherwise when it arrives, or after `timeoutMs` (null: never). */
  wait(timeoutMs: number | null): Promise<WaitResult> {
    if (this.size > 0) return Promise.resolve('ready')
    return new Promise((resolve) => {
      const waiter: Waiter = { settle: resolve, timer: null }
      if (timeoutMs !== null) {
        waiter.timer = setTimeout(() => {
          this.#waiters.splice(this.#waiters.indexOf(waiter), 1)
          resolve('timeout')
        }, timeoutMs)
      }
      this.#waiters.push(waiter)
    })
  }

  /** Ends every wait, whether or not something has arrived. */
  interrupt(): void {
    this.#settle('interrupted')
  }

  #settle(result: WaitResult): void {
    const waiters = this.#waiters
    this.#waiters = []
    for (const { settle, timer } of waiters) {
      if (timer !== null) clearTimeout(timer)
      settle(result)
    }
  }
}
