const EMPTY = -1

/**
 * The words of one thread, shared with it, in which descriptors are handed over: each holds a descriptor that is offered,
 * one that the thread has claimed and is making its own, or none.
 */
export class DescriptorWords {
  readonly buffer: SharedArrayBuffer
  readonly #words: Int32Array

  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer
    this.#words = new Int32Array(buffer)
  }

  static of(count: number): DescriptorWords {
    const made = new DescriptorWords(new SharedArrayBuffer(count * Int32Array.BYTES_PER_ELEMENT))
    made.#words.fill(EMPTY)
    return made
  }

  offer(index: number, descriptor: number): void {
    Atomics.store(this.#words, index, descriptor)
  }

  /** Called by the thread: whether the descriptor was not withdrawn, and cannot be any more. */
  claim(index: number): boolean {
    const descriptor = Atomics.load(this.#words, index)
    if (descriptor < 0) return false
    return Atomics.compareExchange(this.#words, index, descriptor, claimed(descriptor)) === descriptor
  }

  /** Called by the thread: the descriptor that it has claimed. */
  claimedDescriptor(index: number): number {
    return claimed(Atomics.load(this.#words, index))
  }

  /** Called by the thread when it owns the descriptor that it has claimed. */
  clear(index: number): void {
    Atomics.store(this.#words, index, EMPTY)
  }

  /** The descriptor that was offered and not claimed, which is the caller's again, or -1. */
  withdraw(index: number): number {
    const descriptor = Atomics.load(this.#words, index)
    if (descriptor < 0) return EMPTY
    return Atomics.compareExchange(this.#words, index, descriptor, EMPTY) === descriptor ? descriptor : EMPTY
  }

  /** The descriptor that was offered or claimed, by a thread that has ended or failed, or -1. */
  takeBack(index: number): number {
    const word = Atomics.exchange(this.#words, index, EMPTY)
    return word < EMPTY ? claimed(word) : word
  }
}

/** Below -1, and its own inverse. */
function claimed(descriptor: number): number {
  return -2 - descriptor
}
