import { ProtocolError } from './parse-message.ts'

const HEADER_BYTES = 9
const STREAM_BYTES = { stdout: 1, stderr: 2 } as const

export type OutputStream = keyof typeof STREAM_BYTES

/** A piece of what a run printed. */
export interface Output {
  run: number
  stream: OutputStream
  data: Uint8Array
}

/** Output is numbered together with the server's text messages. */
export interface OutputFrame extends Output {
  number: number
}

/** Called by the server: `[stream, 1 byte][number, 4 bytes big-endian][run, 4 bytes big-endian][data]`. */
export function encodeOutputFrame({ number, run, stream, data }: OutputFrame): Uint8Array {
  const frame = new Uint8Array(HEADER_BYTES + data.length)
  frame[0] = STREAM_BYTES[stream]
  const view = new DataView(frame.buffer)
  view.setUint32(1, number)
  view.setUint32(5, run)
  frame.set(data, HEADER_BYTES)
  return frame
}

/** Called by the page on every binary message. @throws {ProtocolError} if it is not an output frame. */
export function decodeOutputFrame(frame: Uint8Array): OutputFrame {
  if (frame.length < HEADER_BYTES) {
    throw new ProtocolError(
      `Output frame of ${frame.length} bytes: at least ${HEADER_BYTES} bytes are required`,
    )
  }
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  const stream = streamOf(view.getUint8(0))
  return { number: view.getUint32(1), run: view.getUint32(5), stream, data: frame.subarray(HEADER_BYTES) }
}

function streamOf(byte: number): OutputStream {
  if (byte === STREAM_BYTES.stdout) return 'stdout'
  if (byte === STREAM_BYTES.stderr) return 'stderr'
  throw new ProtocolError(`Output frame of stream ${byte}: 1 (stdout) or 2 (stderr) is required`)
}
