/** How long before the end the reader is warned, or half of the idle time if that is less. */
const WARNING_MS = 60_000

interface IdleEvents {
  warn(endsInMs: number): void
  end(): void
}

/** Ends what nobody uses: warns first, and starts again with every `touch()`. */
export class IdleWatch {
  readonly #idleMs: number
  readonly #events: IdleEvents
  #timer: NodeJS.Timeout | undefined
  #touchedAt = performance.now()
  #warned = false

  constructor(idleMs: number, events: IdleEvents) {
    this.#idleMs = idleMs
    this.#events = events
    if (idleMs !== Infinity) this.#wait()
  }

  touch(): void {
    this.#touchedAt = performance.now()
    this.#warned = false
  }

  close(): void {
    clearTimeout(this.#timer)
  }

  #wait(): void {
    const leftMs = this.#idleMs - (performance.now() - this.#touchedAt)
    const warningMs = Math.min(WARNING_MS, this.#idleMs / 2)
    if (leftMs <= 0) return this.#events.end()
    if (leftMs <= warningMs && !this.#warned) {
      this.#warned = true
      this.#events.warn(Math.round(leftMs))
    }
    // Touched meanwhile, it waits for the rest: messages are frequent, and a timer for each would cost more.
    this.#timer = setTimeout(() => this.#wait(), Math.ceil(this.#warned ? leftMs : leftMs - warningMs))
  }
}
