import * as v from 'valibot'
import { messageNumber, parseMessage, receivedNumber } from './parse-message.ts'
import { serverMessage } from './server-message.ts'

const isolation = v.variant('kind', [
  v.strictObject({ kind: v.literal('sandbox') }),
  /** Programs run with the rights of the server itself; `reason` says why and `mend` what to do, in one line each. */
  v.strictObject({ kind: v.literal('none'), reason: v.string(), mend: v.string() }),
])
export type Isolation = v.InferOutput<typeof isolation>

const CLOSING_CODES = ['busy', 'idle', 'too-many-messages', 'protocol'] as const

const serverFrame = v.variant('type', [
  /** Answers `hello`. The page keeps `session` to itself: whoever knows it can resume the session. */
  v.strictObject({
    type: v.literal('welcome'),
    session: v.string(),
    /** False for a new session: nothing that ran before runs in it. */
    resumed: v.boolean(),
    /** The page sends again what it has sent after this number. */
    received: receivedNumber,
    /** How long the session outlives a lost connection. */
    graceMs: v.number(),
    /** The server is heard at least this often; a page that hears nothing for longer has lost it. */
    heartbeatMs: v.number(),
    isolation,
  }),
  /** The last frame of a connection; `message` is one line for the reader: why, and what to do. */
  v.strictObject({ type: v.literal('closing'), code: v.picklist(CLOSING_CODES), message: v.string() }),
  /** The server lives, and has all of the page's messages up to this number. */
  v.strictObject({ type: v.literal('received'), number: receivedNumber }),
  /** Nothing has come from the reader for so long that the session will end. */
  v.strictObject({ type: v.literal('idle'), endsInMs: v.number() }),
  /** One of the numbered messages; output frames are the others. */
  v.strictObject({ type: v.literal('message'), number: messageNumber, message: serverMessage }),
])

/** What the server sends as text: its messages, numbered together with its output, and what keeps the connection. */
export type ServerFrame = v.InferOutput<typeof serverFrame>

export type Welcome = Extract<ServerFrame, { type: 'welcome' }>
export type Closing = Extract<ServerFrame, { type: 'closing' }>

/** Called by the page on every text it receives. @throws {ProtocolError} if it is not a server frame. */
export function parseServerFrame(text: string): ServerFrame {
  return parseMessage(serverFrame, text)
}
