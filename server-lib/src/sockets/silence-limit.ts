import { isBounded } from './timeout.ts'

/** Tells when a connection has been silent for too long: before its first byte, or at any time. */
export class SilenceLimit {
  #firstByte: NodeJS.Timeout | null = null
  #idle: NodeJS.Timeout | null = null

  constructor(firstByteMs: number | null, idleMs: number | null, expire: (message: string) => void) {
    if (isBounded(firstByteMs)) {
      this.#firstByte = setTimeout(expire, firstByteMs, `No byte arrived within ${firstByteMs} ms`)
    }
    if (isBounded(idleMs)) {
      this.#idle = setTimeout(expire, idleMs, `Nothing was received or sent for ${idleMs} ms`)
    }
  }

  /** Bytes have arrived. */
  received(): void {
    if (this.#firstByte !== null) clearTimeout(this.#firstByte)
    this.#firstByte = null
    this.#idle?.refresh()
  }

  /** Bytes were sent. */
  sent(): void {
    this.#idle?.refresh()
  }

  stop(): void {
    if (this.#firstByte !== null) clearTimeout(this.#firstByte)
    if (this.#idle !== null) clearTimeout(this.#idle)
  }
}
