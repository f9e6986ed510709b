import { parseClientFrame, ProtocolError, type ClientFrame, type RefusalCode } from '@playground/protocol'
import type { RawData } from 'ws'

/** Why what came is no frame, for the page. */
interface FrameRefusal {
  type: 'refusal'
  code: RefusalCode
  message: string
}

/** What came through a WebSocket as a frame of the protocol, or why it is none. */
export function readFrame(data: RawData, isBinary: boolean, maxBytes: number): ClientFrame | FrameRefusal {
  if (isBinary || !Buffer.isBuffer(data)) {
    return { type: 'refusal', code: 'invalid-message', message: 'Message is binary: text is required' }
  }
  if (data.length > maxBytes) {
    const message = `Message of ${data.length} bytes: at most ${maxBytes} bytes are required`
    return { type: 'refusal', code: 'too-large', message }
  }
  try {
    return parseClientFrame(data.toString())
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    return { type: 'refusal', code: 'invalid-message', message: error.message }
  }
}
