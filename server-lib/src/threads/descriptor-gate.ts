const OPEN = 0
const IN_USE = 1
/** To be closed by the thread that uses it. */
const TO_CLOSE = 2
/** Being closed by that thread. */
const CLOSING = 3
const CLOSED = 4

/**
 * Guards a descriptor that one thread uses and another one closes, so that no call is made with a number that belongs to
 * another file by then. The thread never waits.
 */
export class DescriptorGate {
  /** One Int32, shared between the two threads. */
  readonly buffer: SharedArrayBuffer
  readonly #state: Int32Array

  constructor(buffer = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.buffer = buffer
    this.#state = new Int32Array(buffer)
  }

  get isClosed(): boolean {
    return Atomics.load(this.#state, 0) === CLOSED
  }

  /** Calls `use` if the descriptor is open; `close` if it was to be closed meanwhile. Null if it was not called. */
  use(use: () => number, close: () => void): number | null {
    if (Atomics.compareExchange(this.#state, 0, OPEN, IN_USE) !== OPEN) return null
    const result = use()
    if (Atomics.compareExchange(this.#state, 0, IN_USE, OPEN) !== IN_USE) {
      Atomics.store(this.#state, 0, CLOSING)
      close()
      Atomics.store(this.#state, 0, CLOSED)
    }
    return result
  }

  /** Nobody may use the descriptor any more. Whether the caller has to close it; otherwise the thread does that uses it. */
  close(): boolean {
    for (;;) {
      if (Atomics.compareExchange(this.#state, 0, OPEN, CLOSED) === OPEN) return true
      if (Atomics.compareExchange(this.#state, 0, IN_USE, TO_CLOSE) !== OPEN) return false
    }
  }

  /** The thread that used the descriptor is no more. Whether the caller has to close it: rather not at all than twice. */
  end(): boolean {
    const state = Atomics.exchange(this.#state, 0, CLOSED)
    return state !== CLOSED && state !== CLOSING
  }
}
