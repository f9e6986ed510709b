/** What a kept message costs beside its bytes: a flood of tiny ones must not get past the limit. */
const MESSAGE_OVERHEAD_BYTES = 128

interface Kept<Message> {
  message: Message
  bytes: number
}

/**
 * What one end has sent, numbered from 1, until the other end confirms it: after a lost connection it is sent again
 * from there. Past `limitBytes` the oldest is forgotten.
 */
export class Outbox<Message> {
  readonly #limitBytes: number
  readonly #kept = new Map<number, Kept<Message>>()
  #bytes = 0
  #last = 0

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes
  }

  /** Returns the number of the message. */
  add(message: Message, payloadBytes: number): number {
    this.#last += 1
    const bytes = payloadBytes + MESSAGE_OVERHEAD_BYTES
    this.#kept.set(this.#last, { message, bytes })
    this.#bytes += bytes
    while (this.#bytes > this.#limitBytes) this.#forget(this.#first)
    return this.#last
  }

  /** The other end has all messages up to this number. */
  confirm(number: number): void {
    while (this.#kept.size > 0 && this.#first <= number) this.#forget(this.#first)
  }

  /** Whether every message after this number is still here: what `after()` needs. */
  holdsAfter(number: number): boolean {
    return number >= this.#first - 1 && number <= this.#last
  }

  /** The messages after this number, with theirs, in order. */
  *after(number: number): Generator<[number: number, message: Message]> {
    for (const [kept, { message }] of this.#kept) if (kept > number) yield [kept, message]
  }

  /** The number of the oldest message that is kept, or of the next one. */
  get #first(): number {
    return this.#last - this.#kept.size + 1
  }

  #forget(number: number): void {
    this.#bytes -= this.#kept.get(number)?.bytes ?? 0
    this.#kept.delete(number)
  }
}
