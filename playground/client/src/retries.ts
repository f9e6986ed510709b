import { retryDelay } from './retry-delay.ts'

/** The tries to come back over a lost connection, each after a longer wait than the one before. */
export class Retries {
  readonly #retry: () => void
  #count = 0
  #timer: number | undefined

  constructor(retry: () => void) {
    this.#retry = retry
  }

  /** Tries again after a while; returns how many milliseconds that is. */
  later(): number {
    this.cancel()
    const delayMs = retryDelay(this.#count)
    this.#count += 1
    this.#timer = window.setTimeout(this.#retry, delayMs)
    return delayMs
  }

  cancel(): void {
    window.clearTimeout(this.#timer)
  }

  /** Called when the connection is back: the next wait is short again. */
  reset(): void {
    this.cancel()
    this.#count = 0
  }
}
