import type { OutputStream } from '@playground/protocol'

const GATHER_MS = 5
const MAX_FRAME_BYTES = 64 * 1024

/**
 * Joins what a program prints in many small pieces: a frame for each of them would bury the page, and the server in
 * frames that wait. The first piece after a pause is sent at once.
 */
export class OutputGatherer {
  readonly #send: (stream: OutputStream, data: Uint8Array) => void
  #stream: OutputStream = 'stdout'
  #parts: Uint8Array[] = []
  #bytes = 0
  #timer: NodeJS.Timeout | undefined

  constructor(send: (stream: OutputStream, data: Uint8Array) => void) {
    this.#send = send
  }

  add(stream: OutputStream, data: Uint8Array): void {
    if (stream !== this.#stream) this.#sendGathered()
    this.#stream = stream
    this.#parts.push(data)
    this.#bytes += data.length
    if (this.#timer === undefined) {
      this.#sendGathered()
      this.#timer = setTimeout(() => this.flush(), GATHER_MS)
    } else if (this.#bytes >= MAX_FRAME_BYTES) {
      this.#sendGathered()
    }
  }

  /** Sends what is left; called at the end of the output too. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#sendGathered()
  }

  #sendGathered(): void {
    if (this.#bytes === 0) return
    // A copy even of a single piece: it may be a small part of a large buffer, which would be kept with it.
    const data = Buffer.concat(this.#parts)
    this.#parts = []
    this.#bytes = 0
    this.#send(this.#stream, data)
  }
}
