import * as v from 'valibot'
import { parseMessage, runId } from './parse-message.ts'
import { activityEvent, activityMessage } from './program-activity.ts'

/** An IP address with its port, or the path of a Unix socket. */
const address = v.union([v.strictObject({ host: v.string(), port: v.number() }), v.string()])
export type Address = v.InferOutput<typeof address>

/** Sent by a running program through its event channel: a server of the library listens at `address`, or more. */
const programEvent = v.variant('type', [
  v.strictObject({ type: v.literal('listening'), address }),
  activityEvent,
])
export type ProgramEvent = v.InferOutput<typeof programEvent>

/** Called by the runner on every line of a program's event channel. @throws {ProtocolError} if it is not an event. */
export function parseProgramEvent(text: string): ProgramEvent {
  return parseMessage(programEvent, text)
}

const REFUSAL_CODES = [
  'invalid-message',
  'too-large',
  'unknown-run',
  'stale-run',
  'too-many-runs',
  'too-many-messages',
] as const

export const serverMessage = v.variant('type', [
  v.strictObject({ type: v.literal('started'), run: runId, pid: v.number() }),
  /** Nothing was started; `message` is one line: file, line, column and what is wrong. */
  v.strictObject({ type: v.literal('start-failed'), run: runId, message: v.string() }),
  v.strictObject({ type: v.literal('listening'), run: runId, address }),
  activityMessage,
  /**
   * Sent after the last byte of output. `stopped` tells an end that the page asked for from one of its own; `limit`
   * is there when a limit ended it: one line that says which.
   */
  v.strictObject({
    type: v.literal('exited'),
    run: runId,
    code: v.nullable(v.number()),
    signal: v.nullable(v.string()),
    stopped: v.boolean(),
    limit: v.optional(v.string()),
  }),
  /** A message was not accepted; the session lives on. `run` is there when the message named one. */
  v.strictObject({
    type: v.literal('refused'),
    code: v.picklist(REFUSAL_CODES),
    message: v.string(),
    run: v.optional(runId),
  }),
])

/** What the server may say to a page of its runs; output comes in binary frames. */
export type ServerMessage = v.InferOutput<typeof serverMessage>

export type RefusalCode = (typeof REFUSAL_CODES)[number]
