import type { Socket } from 'node:net'
import { parseProgramEvent, ProtocolError, type ProgramEvent } from '@playground/protocol'

const NEWLINE = 0x0a

/** Far more than honest programs say; past it the channel is not read any further. */
const MAX_CHANNEL_BYTES = 64 * 1024

/**
 * Reads events, one JSON object a line. The reader's code can write anything to this channel, so what is not an event
 * is ignored and the total is bounded.
 */
export function readEvents(channel: Socket, onEvent: (event: ProgramEvent) => void): void {
  let pending: Buffer = Buffer.alloc(0)
  channel.on('error', () => undefined)
  channel.on('data', (data: Buffer) => {
    if (channel.bytesRead > MAX_CHANNEL_BYTES) {
      channel.pause()
      return
    }
    pending = Buffer.concat([pending, data])
    for (let end = pending.indexOf(NEWLINE); end !== -1; end = pending.indexOf(NEWLINE)) {
      const event = parse(pending.toString('utf8', 0, end))
      pending = pending.subarray(end + 1)
      if (event !== undefined) onEvent(event)
    }
  })
}

function parse(line: string): ProgramEvent | undefined {
  try {
    return parseProgramEvent(line)
  } catch (error) {
    if (error instanceof ProtocolError) return undefined
    throw error
  }
}
