/** How many seconds' worth of messages may come at once, as when a page comes back after a lost connection. */
const BURST_SECONDS = 4

/** Who has sent this many seconds' worth of messages in spite of being refused does not mean to stop. */
const OFFENCE_SECONDS = 4

export type RateVerdict = 'accept' | 'refuse' | 'disconnect'

/** Counts the messages of one session. Refused ones count too, so that only a page that slows down is heard again. */
export class MessageRate {
  readonly #perMs: number
  readonly #burst: number
  readonly #offence: number
  #balance: number
  #countedAt = performance.now()

  constructor(perSecond: number) {
    this.#perMs = perSecond / 1000
    this.#burst = perSecond * BURST_SECONDS
    this.#offence = -perSecond * OFFENCE_SECONDS
    this.#balance = this.#burst
  }

  count(): RateVerdict {
    const now = performance.now()
    this.#balance = Math.min(this.#burst, this.#balance + (now - this.#countedAt) * this.#perMs) - 1
    this.#countedAt = now
    if (this.#balance >= 0) return 'accept'
    return this.#balance > this.#offence ? 'refuse' : 'disconnect'
  }
}
