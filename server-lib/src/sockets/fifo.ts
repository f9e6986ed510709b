/** So much room is kept while nothing is in line; what a burst has taken beyond is given back. */
const KEPT_SLOTS = 1024

/**
 * A line, first in, first out, that keeps its room when it is empty: an array that is emptied by `length = 0` or `shift()`
 * takes new room with the next `push()`, and most lines are emptied by each request.
 */
export class Fifo<Item> {
  #slots: (Item | undefined)[] = []
  #head = 0
  #tail = 0

  get size(): number {
    return this.#tail - this.#head
  }

  get first(): Item | undefined {
    return this.#slots[this.#head]
  }

  /** The item that `index` others are before. */
  at(index: number): Item | undefined {
    return this.#slots[this.#head + index]
  }

  push(item: Item): void {
    this.#slots[this.#tail++] = item
  }

  shift(): Item | undefined {
    if (this.#head === this.#tail) return undefined
    const item = this.#slots[this.#head]
    this.#slots[this.#head++] = undefined
    if (this.#head === this.#tail) {
      if (this.#tail > KEPT_SLOTS) this.#slots = []
      this.#head = 0
      this.#tail = 0
    } else if (this.#head >= KEPT_SLOTS) {
      // A line that is never quite empty must not keep the slots of all that have left it.
      this.#slots.splice(0, this.#head)
      this.#tail -= this.#head
      this.#head = 0
    }
    return item
  }

  /** Takes `item` out of the middle. */
  remove(item: Item): void {
    const index = this.#slots.indexOf(item, this.#head)
    if (index === -1) return
    this.#slots.splice(index, 1)
    this.#tail--
  }
}
