import * as v from 'valibot'
import { runId } from './parse-message.ts'

/** What the library tells of requests, and what the reporter adds of threads and processes. */
const ACTIVITIES = [
  /** A thread or process begins (`number`: the pid of its parent), and gets a name (`text`). */
  'begun',
  'named',
  /** A thread or process that this one has started is gone: `text` is its pid, a point, and the number of the thread. */
  'ended',
  /** `text`: the address, a space, and the class of the server with those that it derives from, joined by commas. */
  'listening',
  /** `text`: the address of the client. */
  'accepted',
  'refused',
  'started',
  'finished',
  /** `text`: what the handler has thrown. */
  'failed',
  /** `number`: how many bytes; `text`: the first of them, in base64. */
  'received',
  'sent',
  'lineRead',
  /** `number`: how long it took, in microseconds; `text`: the address of this end. */
  'connected',
  'disconnected',
] as const

/** A batch with more records is not one. */
const MAX_BATCH_RECORDS = 128

const MAX_TEXT_LENGTH = 400

const whole = v.pipe(v.number(), v.integer(), v.minValue(0))

/** `[what, microseconds after the batch's, request, number, text]`; the thread or process numbers its requests from 1. */
const activityRecord = v.strictTuple([
  v.picklist(ACTIVITIES),
  whole,
  whole,
  v.pipe(v.number(), v.integer()),
  v.pipe(v.string(), v.maxLength(MAX_TEXT_LENGTH)),
])
export type ActivityRecord = v.InferOutput<typeof activityRecord>

const activity = {
  type: v.literal('activity'),
  pid: whole,
  /** 0 for the main thread of the process. */
  thread: whole,
  /** Microseconds of the machine's monotonic clock, which all programs of a session share. */
  at: whole,
  records: v.pipe(v.array(activityRecord), v.minLength(1), v.maxLength(MAX_BATCH_RECORDS)),
}

/** Sent by the reporter in each thread and process of a program: what has happened there, in order. */
export const activityEvent = v.strictObject(activity)

/** The same, of a run. */
export const activityMessage = v.strictObject({ ...activity, run: runId })
export type Activity = v.InferOutput<typeof activityMessage>
