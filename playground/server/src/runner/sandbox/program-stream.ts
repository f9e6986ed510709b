import { Readable } from 'node:stream'
import { chargeOf, FrameError, STREAM_WINDOW_BYTES } from './frames.ts'

/** Small enough that the agent never waits for it while the stream flows. */
const CREDIT_STEP_BYTES = STREAM_WINDOW_BYTES / 8

/** One stream of a program, as it comes out of the sandbox: no more of it than was asked for is ever in memory. */
export class ProgramStream extends Readable {
  readonly #giveCredit: (bytes: number) => void
  #window = STREAM_WINDOW_BYTES
  #consumedBytes = 0

  constructor(giveCredit: (bytes: number) => void) {
    super()
    this.#giveCredit = giveCredit
  }

  /** @throws {FrameError} if this is more than the server has room for, which an honest agent never sends. */
  receive(data: Buffer): void {
    if (data.length > this.#window || data.length === 0)
      throw new FrameError('Other output than was asked for')
    // It may go below 0: an agent that has room left fills it with what there is.
    this.#window -= chargeOf(data)
    this.#consumedBytes += chargeOf(data)
    this.push(data)
  }

  end(): void {
    this.push(null)
  }

  /** Called when there is room: what has come so far is as good as read. */
  override _read(): void {
    if (this.#consumedBytes < CREDIT_STEP_BYTES) return
    this.#window += this.#consumedBytes
    this.#giveCredit(this.#consumedBytes)
    this.#consumedBytes = 0
  }
}
