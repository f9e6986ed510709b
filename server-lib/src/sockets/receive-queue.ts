import { Fifo } from './fifo.ts'

const NEWLINE = 10

/** Bytes that have arrived and were not read yet: chunks with an offset, taken as slices, copied only to join chunks. */
export class ReceiveQueue {
  readonly #chunks = new Fifo<Buffer>()
  #offset = 0
  #length = 0
  /** How many bytes from the front are known not to hold `#scannedFor`, so that a long line is searched once. */
  #scanned = 0
  #scannedFor: Buffer | null = null

  get length(): number {
    return this.#length
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#length += chunk.length
  }

  /** What is left of the first chunk, `max` bytes at most: what one `recv(max)` returns. */
  takeSome(max: number): Buffer {
    const chunk = this.#chunks.first
    if (chunk === undefined) return Buffer.alloc(0)
    return this.#takeFromFirst(chunk, Math.min(max, chunk.length - this.#offset))
  }

  /** Exactly `count` bytes, or null if fewer have arrived. */
  takeExactly(count: number): Buffer | null {
    if (count > this.#length) return null
    const first = this.#chunks.first
    if (first === undefined) return Buffer.alloc(0)
    if (count <= first.length - this.#offset) return this.#takeFromFirst(first, count)
    const joined = Buffer.allocUnsafe(count)
    let filled = 0
    while (filled < count) filled += this.takeSome(count - filled).copy(joined, filled)
    return joined
  }

  takeAll(): Buffer {
    return this.takeExactly(this.#length) ?? Buffer.alloc(0)
  }

  /** All bytes up to and including `delimiter`, or null if it has not arrived. */
  takeThrough(delimiter: Buffer): Buffer | null {
    const end = this.#endOf(delimiter)
    return end === -1 ? null : this.takeExactly(end)
  }

  /** A line with its newline, or `limit` bytes of a line that is longer; null if neither has arrived. */
  takeLine(newline: Buffer, limit: number): Buffer | null {
    const first = this.#chunks.first
    if (first === undefined) return null
    const index = first.indexOf(NEWLINE, this.#offset)
    const end = index === -1 ? this.#endOf(newline) : index + 1 - this.#offset
    if (end !== -1 && end <= limit) return this.takeExactly(end)
    return limit <= this.#length ? this.takeExactly(limit) : null
  }

  #takeFromFirst(chunk: Buffer, count: number): Buffer {
    const end = this.#offset + count
    const taken = this.#offset === 0 && end === chunk.length ? chunk : chunk.subarray(this.#offset, end)
    this.#length -= count
    this.#scanned = Math.max(0, this.#scanned - count)
    if (end < chunk.length) {
      this.#offset = end
    } else {
      this.#offset = 0
      this.#chunks.shift()
    }
    return taken
  }

  #endOf(delimiter: Buffer): number {
    if (this.#scannedFor === null || !this.#scannedFor.equals(delimiter)) {
      this.#scanned = 0
      this.#scannedFor = delimiter
    }
    // A delimiter may begin in what was searched before and end in what has arrived since.
    const from = Math.max(0, this.#scanned - (delimiter.length - 1))
    const index = this.#tailFrom(from).indexOf(delimiter)
    if (index !== -1) return from + index + delimiter.length
    this.#scanned = this.#length
    return -1
  }

  // Walked from the back: a client that sends a long line byte by byte must not have all of it walked for each byte.
  #tailFrom(position: number): Buffer {
    const parts: Buffer[] = []
    let start = this.#length
    for (let index = this.#chunks.size - 1; start > position; index--) {
      const whole = this.#chunks.at(index) as Buffer
      const chunk = index === 0 ? whole.subarray(this.#offset) : whole
      start -= chunk.length
      parts.push(start < position ? chunk.subarray(position - start) : chunk)
    }
    const [only] = parts
    return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts.reverse())
  }
}
