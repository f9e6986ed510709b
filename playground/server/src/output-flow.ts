import type { Readable } from 'node:stream'
import { ACKNOWLEDGE_EVERY_BYTES, type OutputStream } from '@playground/protocol'
import { OutputGatherer } from './output-gatherer.ts'

/** A paused program prints again when less than this part of what may wait is still waiting. */
const LOW_WATER = 1 / 4

/**
 * Sends what a program prints, and pauses the program while the page has too much of it to draw: the pipe fills and
 * the program's own writes wait.
 */
export class OutputFlow {
  readonly #streams: Readonly<Record<OutputStream, Readable>>
  readonly #highWaterBytes: number
  readonly #lowWaterBytes: number
  readonly #gatherer: OutputGatherer
  #sentBytes = 0
  #acknowledgedBytes = 0
  #draining = false

  constructor(
    streams: Readonly<Record<OutputStream, Readable>>,
    waitingBytes: number,
    send: (stream: OutputStream, data: Uint8Array) => void,
  ) {
    this.#streams = streams
    this.#highWaterBytes = waitingBytes
    // The page keeps back less than this when it has drawn all.
    this.#lowWaterBytes = Math.max(waitingBytes * LOW_WATER, ACKNOWLEDGE_EVERY_BYTES)
    this.#gatherer = new OutputGatherer(send)
    for (const stream of ['stdout', 'stderr'] as const) {
      streams[stream].on('data', (data: Buffer) => {
        this.#forward(stream, data)
      })
    }
  }

  /** The page has drawn so many bytes in all. Returns how many more than it had said before. */
  acknowledge(totalBytes: number): number {
    const news = Math.min(totalBytes, this.#sentBytes) - this.#acknowledgedBytes
    if (news <= 0) return 0
    this.#acknowledgedBytes += news
    if (this.#waitingBytes < this.#lowWaterBytes) this.#resume()
    return news
  }

  /**
   * From now on the program never waits: it is to end, and one that is stuck in a write cannot handle SIGTERM. What
   * the page has no room for is dropped.
   */
  drain(): void {
    this.#draining = true
    this.#resume()
  }

  /** Called when the output has ended. */
  end(): void {
    this.#gatherer.flush()
  }

  get #waitingBytes(): number {
    return this.#sentBytes - this.#acknowledgedBytes
  }

  #forward(stream: OutputStream, data: Uint8Array): void {
    if (this.#draining && this.#waitingBytes > this.#highWaterBytes) return
    this.#sentBytes += data.length
    this.#gatherer.add(stream, data)
    if (!this.#draining && this.#waitingBytes > this.#highWaterBytes) this.#pause()
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
