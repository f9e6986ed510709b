/** What an agent says: `[kind, 1 byte][run, 4 bytes big-endian][length, 4 bytes][payload]`. */
const HEADER_BYTES = 9

/** The reader's programs can take over their agent, so what it sends has a length that is known to be small. */
export const MAX_PAYLOAD_BYTES = 64 * 1024

/** So much of a stream an agent may send that the server has not asked for by `credit`. */
export const STREAM_WINDOW_BYTES = 256 * 1024

/** A piece takes memory of the server however small it is. */
const MIN_CHARGED_BYTES = 256

/** How much of what may be sent a piece uses up, as both ends count it. */
export function chargeOf(data: Uint8Array): number {
  return Math.max(data.length, MIN_CHARGED_BYTES)
}

const KINDS = ['ready', 'started', 'failed', 'taken', 'exited', 'stdout', 'stderr', 'events'] as const

export type FrameKind = (typeof KINDS)[number]
export type StreamKind = 'stdout' | 'stderr' | 'events'

export interface Frame {
  kind: FrameKind
  /** 0 in a frame that is of no run. */
  run: number
  payload: Buffer
}

/** What an agent wrote is not a frame. */
export class FrameError extends Error {
  override name = 'FrameError'
}

export function encodeFrame(kind: FrameKind, run: number, payload: Uint8Array | string = ''): Buffer {
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload
  const frame = Buffer.allocUnsafe(HEADER_BYTES + bytes.length)
  frame[0] = KINDS.indexOf(kind)
  frame.writeUInt32BE(run, 1)
  frame.writeUInt32BE(bytes.length, 5)
  frame.set(bytes, HEADER_BYTES)
  return frame
}

/** Cuts what an agent writes into frames. */
export class FrameReader {
  #pending: Buffer = Buffer.alloc(0)

  /** The frames that end in this piece. @throws {FrameError} if they are none. */
  read(data: Buffer): Frame[] {
    const frames: Frame[] = []
    this.#pending = this.#pending.length === 0 ? data : Buffer.concat([this.#pending, data])
    while (this.#pending.length >= HEADER_BYTES) {
      const kind = KINDS[this.#pending.readUInt8(0)]
      const length = this.#pending.readUInt32BE(5)
      if (kind === undefined || length > MAX_PAYLOAD_BYTES) {
        throw new FrameError(`Frame of kind ${this.#pending.readUInt8(0)} with ${length} bytes`)
      }
      const end = HEADER_BYTES + length
      if (this.#pending.length < end) break
      frames.push({
        kind,
        run: this.#pending.readUInt32BE(1),
        payload: this.#pending.subarray(HEADER_BYTES, end),
      })
      this.#pending = this.#pending.subarray(end)
    }
    return frames
  }
}
