import * as v from 'valibot'

const MAX_UINT32 = 0xffff_ffff

/** Every message carries the number of its run; a message of a run that is not current is dropped. */
export const runId = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_UINT32))

/** Each end numbers its messages of a session from 1. */
export const messageNumber = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_UINT32))

/** The number of the last message that has come from the other end, 0 before the first. */
export const receivedNumber = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_UINT32))

/** A message that is not of the protocol; `message` says where it departs from it. */
export class ProtocolError extends Error {
  override name = 'ProtocolError'
}

export function parseMessage<Schema extends v.GenericSchema>(
  schema: Schema,
  text: string,
): v.InferOutput<Schema> {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new ProtocolError('Message is not JSON: a JSON object with a "type" is required', { cause: error })
  }
  const result = v.safeParse(schema, json, { abortEarly: true })
  if (result.success) return result.output
  const [issue] = result.issues
  const path = v.getDotPath(issue)
  throw new ProtocolError(path === null ? issue.message : `${path}: ${issue.message}`)
}
