/** Why a wait ended: something waits, the time was over, or {@link PendingQueue.interrupt} was called. */
export type WaitResult = 'ready' | 'timeout' | 'interrupted'

const COMPACT_AT = 1024

/** A first-in, first-out line of what has arrived and was not begun yet, with the wait that `select()` is in CPython. */
export class PendingQueue<Item> {
  #items: (Item | undefined)[] = []
  #head = 0
  readonly #waiters: ((result: WaitResult) => void)[] = []

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
    if (timeoutMs === null) return new Promise(this.#join)
    return new Promise((resolve) => {
      const wake = (result: WaitResult) => {
        clearTimeout(timer)
        resolve(result)
      }
      const timer = setTimeout(() => {
        this.#waiters.splice(this.#waiters.indexOf(wake), 1)
        resolve('timeout')
      }, timeoutMs)
      this.#waiters.push(wake)
    })
  }

  // Shared by all waits without a timeout, of which there is one for each datagram.
  readonly #join = (wake: (result: WaitResult) => void): void => {
    this.#waiters.push(wake)
  }

  /** Ends every wait, whether or not something has arrived. */
  interrupt(): void {
    this.#settle('interrupted')
  }

  #settle(result: WaitResult): void {
    for (let wake = this.#waiters.shift(); wake !== undefined; wake = this.#waiters.shift()) wake(result)
  }
}
