import { Fifo } from './fifo.ts'
import { isBounded } from './timeout.ts'

/** Why a wait ended: something waits, the time was over, or {@link PendingQueue.interrupt} was called. */
export type WaitResult = 'ready' | 'timeout' | 'interrupted'

/** A first-in, first-out line of what has arrived and was not begun yet, with the wait that `select()` is in CPython. */
export class PendingQueue<Item> {
  readonly #items = new Fifo<Item>()
  readonly #waiters = new Fifo<(result: WaitResult) => void>()

  get size(): number {
    return this.#items.size
  }

  push(item: Item): void {
    this.#items.push(item)
    if (this.#waiters.size > 0) this.#settle('ready')
  }

  shift(): Item | undefined {
    return this.#items.shift()
  }

  /** Resolves at once when something waits; otherwise when it arrives, or after `timeoutMs` (null: never). */
  wait(timeoutMs: number | null): Promise<WaitResult> {
    if (this.size > 0) return Promise.resolve('ready')
    if (!isBounded(timeoutMs)) return new Promise(this.#join)
    return new Promise((resolve) => {
      const wake = (result: WaitResult) => {
        clearTimeout(timer)
        resolve(result)
      }
      const timer = setTimeout(() => {
        this.#waiters.remove(wake)
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
