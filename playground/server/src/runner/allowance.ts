import { finished, Transform, type Readable, type TransformCallback } from 'node:stream'

const SECOND_MS = 1000

/** A piece costs the server time however small it is. */
const MIN_CHARGED_BYTES = 256

export interface AllowanceOptions {
  bytesPerSecond: number
  /** What so much time allows may come at once, before the pace counts. */
  burstMs: number
  /** Past it the rest is dropped. */
  totalBytes: number
  /** What would have to wait once nothing waits any more. */
  late: 'pass' | 'drop'
  /** Called once, when there is a rest to drop. */
  onExceeded?: () => void
}

/** How much may come through streams, all of them together, and how fast. */
export class Allowance {
  readonly #options: AllowanceOptions
  readonly #waiting = new Set<() => void>()
  #bytes = 0
  /** When the last byte that came was due, had they come evenly. */
  #dueMs = 0
  #isLifted = false

  constructor(options: AllowanceOptions) {
    this.#options = options
  }

  /** The stream, as fast as it may come. */
  bound(stream: Readable): Readable {
    const bounded = new Transform({
      transform: (data: Buffer, _encoding, done) => {
        this.#take(data, done)
      },
    })
    // A stream that is cut off ends too, so that whoever waits for the end sees one.
    finished(stream, () => bounded.end())
    return stream.pipe(bounded, { end: false })
  }

  /** From now on nothing waits: the program is to end, and cannot while it is stuck in a write. */
  lift(): void {
    this.#isLifted = true
    for (const goOn of this.#waiting) goOn()
  }

  #take(data: Buffer, done: TransformCallback): void {
    const { bytesPerSecond, burstMs, totalBytes, late, onExceeded } = this.#options
    const room = totalBytes - this.#bytes
    this.#bytes += data.length
    if (room >= 0 && data.length > room) onExceeded?.()
    if (room <= 0) {
      done()
      return
    }
    const allowed = data.subarray(0, Math.min(room, data.length))
    const now = performance.now()
    const charged = Math.max(data.length, MIN_CHARGED_BYTES)
    this.#dueMs = Math.max(this.#dueMs, now - burstMs) + (charged / bytesPerSecond) * SECOND_MS
    if (this.#dueMs <= now) done(null, allowed)
    else if (!this.#isLifted) this.#wait(this.#dueMs - now, () => done(null, allowed))
    else done(null, late === 'pass' ? allowed : undefined)
  }

  #wait(ms: number, then: () => void): void {
    const goOn = (): void => {
      clearTimeout(timer)
      this.#waiting.delete(goOn)
      then()
    }
    const timer = setTimeout(goOn, ms)
    this.#waiting.add(goOn)
  }
}
