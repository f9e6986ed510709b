import { duplicatePercent, lossPercent, reorderPercent } from './client-arguments.ts'
import type { DatagramClient } from './open-datagram-client.ts'

/** Does to datagrams what a bad network does: within one machine none is lost, so the client itself drops them. */
export class BadNetwork {
  readonly #client: DatagramClient
  readonly #heldBackMs: number
  readonly #heldBack = new Set<() => Promise<void>>()

  /** A datagram that is held back leaves after the next, and at the latest after `heldBackMs`. */
  constructor(client: DatagramClient, heldBackMs: number) {
    this.#client = client
    this.#heldBackMs = heldBackMs
  }

  /** Sends a datagram, or does not; resolves to what has become of it. */
  async send(data: string): Promise<string> {
    if (happens(lossPercent)) return 'lost on purpose'
    if (happens(reorderPercent)) {
      this.#holdBack(data)
      return 'held back on purpose: a later one overtakes it'
    }
    await this.#client.send(data)
    await this.release()
    if (!happens(duplicatePercent)) return ''
    await this.#client.send(data)
    return 'sent twice on purpose'
  }

  /** Sends what was held back. */
  async release(): Promise<void> {
    for (const send of this.#heldBack) await send()
  }

  #holdBack(data: string): void {
    const send = async (): Promise<void> => {
      clearTimeout(timer)
      if (this.#heldBack.delete(send)) await this.#client.send(data)
    }
    const timer = setTimeout(() => void send(), this.#heldBackMs)
    this.#heldBack.add(send)
  }
}

function happens(percent: number): boolean {
  return Math.random() * 100 < percent
}
