import type { Readable } from 'node:stream'
import { parseProgramEvent, ProtocolError, type ProgramEvent } from '@playground/protocol'

const NEWLINE = 0x0a

/** No event is longer; a line that is, is not an event. */
const MAX_LINE_BYTES = 256 * 1024

/**
 * Reads events, one JSON object a line. The reader's code can write anything to this channel, so what is not an event
 * is ignored.
 */
export function readEvents(channel: Readable, onEvent: (event: ProgramEvent) => void): void {
  let pending: Buffer = Buffer.alloc(0)
  channel.on('error', () => undefined)
  channel.on('data', (data: Buffer) => {
    pending = Buffer.concat([pending, data])
    for (let end = pending.indexOf(NEWLINE); end !== -1; end = pending.indexOf(NEWLINE)) {
      const event = parse(pending.toString('utf8', 0, end))
      pending = pending.subarray(end + 1)
      if (event !== undefined) onEvent(event)
    }
    if (pending.length > MAX_LINE_BYTES) pending = Buffer.alloc(0)
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
