import { serverMessage } from '@playground/protocol'
import * as v from 'valibot'

const fileName = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]*\.ts$/))
const whole = v.pipe(v.number(), v.integer(), v.minValue(0))

const recordedMessage = v.union([
  /** The page has started the client with these words. */
  v.strictObject({ type: v.literal('start'), run: whole, arguments: v.array(v.string()) }),
  v.strictObject({
    type: v.literal('output'),
    run: whole,
    stream: v.picklist(['stdout', 'stderr']),
    text: v.string(),
  }),
  serverMessage,
])

const recording = v.strictObject({
  server: fileName,
  client: fileName,
  recordedOn: v.pipe(v.string(), v.isoDate()),
  /** Of the programs that were run. */
  sourcesSha256: v.string(),
  /** With the milliseconds since the one before; run 1 is the server's. */
  messages: v.array(v.strictTuple([whole, recordedMessage])),
})

export type RecordedMessage = v.InferOutput<typeof recordedMessage>

/** What a walkthrough has seen of the programs of an example: `docs/recordings/NAME.json` for the server `NAME.ts`. */
export type Recording = v.InferOutput<typeof recording>

/** The run of the server in every recording. */
export const SERVER_RUN = 1

/** @throws {v.ValiError} if it is not a recording. */
export function parseRecording(json: unknown): Recording {
  return v.parse(recording, json)
}
