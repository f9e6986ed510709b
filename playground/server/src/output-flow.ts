import type { Readable } from 'node:stream'
import { OUTPUT_HIGH_WATER_BYTES, OUTPUT_LOW_WATER_BYTES, type OutputStream } from '@playground/protocol'

/**
 * Sends what a program prints, and pauses the program while the page has too much of it to draw: the pipe fills and
 * the program's own writes wait.
 */
export class OutputFlow {
  readonly #streams: Readonly<Record<OutputStream, Readable>>
  readonly #send: (stream: OutputStream, data: Uint8Array) => void
  #unacknowledgedBytes = 0
  #draining = false

  constructor(
    streams: Readonly<Record<OutputStream, Readable>>,
    send: (stream: OutputStream, data: Uint8Array) => void,
  ) {
    this.#streams = streams
    this.#send = send
    for (const stream of ['stdout', 'stderr'] as const) {
      streams[stream].on('data', (data: Buffer) => {
        this.#forward(stream, data)
      })
    }
  }

  /** The page has drawn this many bytes more. */
  acknowledge(bytes: number): void {
    this.#unacknowledgedBytes = Math.max(0, this.#unacknowledgedBytes - bytes)
    if (this.#unacknowledgedBytes < OUTPUT_LOW_WATER_BYTES) this.#resume()
  }

  /**
   * From now on the program never waits: it is to end, and one that is stuck in a write cannot handle SIGTERM. What
   * the page has no room for is dropped.
   */
  drain(): void {
    this.#draining = true
    this.#resume()
  }

  #forward(stream: OutputStream, data: Uint8Array): void {
    const full = this.#unacknowledgedBytes > OUTPUT_HIGH_WATER_BYTES
    if (full && this.#draining) return
    this.#unacknowledgedBytes += data.length
    this.#send(stream, data)
    if (!this.#draining && this.#unacknowledgedBytes > OUTPUT_HIGH_WATER_BYTES) this.#pause()
  }

  #pause(): void {
    this.#streams.stdout.pause()
    this.#streams.stderr.pause()
  }

  #resume(): void {
    this.#streams.stdout.resume()
    this.#streams.stderr.resume()
  }
}
