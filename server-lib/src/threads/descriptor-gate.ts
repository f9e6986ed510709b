const OPEN = 0
const IN_USE = 1
/** To be closed by the thread, which uses it. */
const CLOSING = 2
const CLOSED = 3

/**
 * Guards a descriptor that one thread uses and another one closes, so that no call is made with a number that belongs to
 * another file by then. Neither waits for the other.
 */
export class DescriptorGate {
  /** One Int32, shared between the two threads. */
  readonly buffer: SharedArrayBuffer
  readonly #state: Int32Array

  constructor(buffer = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.buffer = buffer
    this.#state = new Int32Array(buffer)
  }

  /** Whether the descriptor may be used, until {@link leave}. */
  enter(): boolean {
    return Atomics.compareExchange(this.#state, 0, OPEN, IN_USE) === OPEN
  }

  /** Whether the caller has to close the descriptor. */
  leave(): boolean {
    if (Atomics.compareExchange(this.#state, 0, IN_USE, OPEN) === IN_USE) return false
    return this.end()
  }

  /** Nobody may use the descriptor any more. Whether the caller has to close it; otherwise the thread does that uses it. */
  close(): boolean {
    for (;;) {
      if (Atomics.compareExchange(this.#state, 0, OPEN, CLOSED) === OPEN) return true
      const state = Atomics.compareExchange(this.#state, 0, IN_USE, CLOSING)
      if (state !== OPEN) return false
    }
  }

  /** The thread that used the descriptor is no more. Whether the caller has to close it. */
  end(): boolean {
    return Atomics.exchange(this.#state, 0, CLOSED) !== CLOSED
  }
}
