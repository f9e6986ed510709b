import type { Readable } from 'node:stream'
import { chargeOf, MAX_PAYLOAD_BYTES, STREAM_WINDOW_BYTES } from '../frames.ts'

/** Sends as much of a stream as the server has room for, so that one that nobody reads never holds up another. */
export class StreamSender {
  readonly #stream: Readable
  readonly #send: (data: Buffer) => void
  #credit = STREAM_WINDOW_BYTES

  constructor(stream: Readable, send: (data: Buffer) => void) {
    this.#stream = stream
    this.#send = send
    stream.on('error', () => undefined)
    stream.on('readable', () => {
      this.#pump()
    })
  }

  credit(bytes: number): void {
    this.#credit += bytes
    this.#pump()
  }

  #pump(): void {
    while (this.#credit > 0) {
      const bytes = Math.min(this.#credit, this.#stream.readableLength, MAX_PAYLOAD_BYTES)
      // At the end of the stream nothing is left to read, and reading is what makes it end.
      const data: unknown = bytes > 0 ? this.#stream.read(bytes) : this.#stream.read()
      if (!Buffer.isBuffer(data)) return
      this.#credit -= chargeOf(data)
      this.#send(data)
    }
  }
}
