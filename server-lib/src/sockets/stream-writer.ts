import type { Sender } from './sender.ts'

/**
 * What a handler writes a reply to: `wfile`, and what `StreamSocket.makefile('w')` returns.
 * Unbuffered it sends each write; with a buffer it sends when the buffer is full and on `flush()`.
 * Follows CPython's `socketserver._SocketWriter` and `io.BufferedWriter`.
 */
export class StreamWriter {
  readonly #sender: Sender
  readonly #bufferBytes: number
  #buffered: Uint8Array[] = []
  #bufferedLength = 0

  /** `bufferBytes` 0 sends every write. */
  constructor(sender: Sender, bufferBytes: number) {
    this.#sender = sender
    this.#bufferBytes = bufferBytes
  }

  /**
   * Writes all of `data` (text as UTF-8), and resolves to its length in bytes when the socket, or the buffer, has taken it. Rejects
   * as {@link StreamSocket.send} does.
   */
  write(data: Uint8Array | string): Promise<number> {
    return this.#bufferBytes === 0 ? this.#sender.send(data) : this.#buffer(data)
  }

  async #buffer(data: Uint8Array | string): Promise<number> {
    const bytes = Buffer.from(data)
    this.#buffered.push(bytes)
    this.#bufferedLength += bytes.length
    if (this.#bufferedLength >= this.#bufferBytes) await this.flush()
    return bytes.length
  }

  /** Sends what is buffered; resolves when the socket has taken it. */
  async flush(): Promise<void> {
    const data = this.#buffered.length === 0 ? null : Buffer.concat(this.#buffered)
    this.#buffered = []
    this.#bufferedLength = 0
    if (data !== null) await this.#sender.send(data)
    this.#sender.flush()
  }

  /** Flushes; the connection stays open, as in CPython. */
  async close(): Promise<void> {
    await this.flush()
  }
}
