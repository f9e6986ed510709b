import * as v from 'valibot'
import { clientMessage } from './client-message.ts'
import { messageNumber, parseMessage, receivedNumber, runId } from './parse-message.ts'

const MAX_SESSION_ID_LENGTH = 64

const clientFrame = v.variant('type', [
  /**
   * The first frame of every connection. With `resume` the page asks for the session that it lost and says which of
   * the server's messages it has; without, or if that session is gone, it gets a new one.
   */
  v.strictObject({
    type: v.literal('hello'),
    resume: v.optional(
      v.strictObject({
        session: v.pipe(v.string(), v.maxLength(MAX_SESSION_ID_LENGTH)),
        received: receivedNumber,
      }),
    ),
  }),
  /** `received` confirms what the server has sent. */
  v.strictObject({
    type: v.literal('message'),
    number: messageNumber,
    received: receivedNumber,
    message: clientMessage,
  }),
  /** The page has drawn so many bytes of the run's output in all: the server keeps back what it has no room for. */
  v.strictObject({
    type: v.literal('drawn'),
    run: runId,
    bytes: v.pipe(v.number(), v.integer(), v.minValue(1)),
    received: receivedNumber,
  }),
  /** The reader is there, although no program is talked to. */
  v.strictObject({ type: v.literal('active') }),
  /** The reader leaves the page: the session ends now, and not after the grace period of a lost connection. */
  v.strictObject({ type: v.literal('goodbye') }),
])

/** What a page sends: its messages, numbered from 1 in each session, and what keeps the connection. */
export type ClientFrame = v.InferOutput<typeof clientFrame>

export type Hello = Extract<ClientFrame, { type: 'hello' }>

/** Called by the server on every text it receives. @throws {ProtocolError} if it is not a client frame. */
export function parseClientFrame(text: string): ClientFrame {
  return parseMessage(clientFrame, text)
}
