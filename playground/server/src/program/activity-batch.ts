import { threadId } from 'node:worker_threads'
import type { ActivityRecord } from '@playground/protocol'

type What = ActivityRecord[0]

const MAX_RECORDS = 100
const MAX_TEXT_LENGTH = 400

/** How often waiting records are told; a handler that blocks its thread would hold them back. */
const FLUSH_EVERY_MS = 20
/** So many between two of those are told at once. */
const PROMPT_FLUSHES = 6

/** Of received or sent bytes so many are told, while there are not more of them in that time than the page can read. */
const TOLD_BYTES = 256
const TOLD_BYTES_PER_FLUSH = 4096

const MICROSECONDS = 1_000_000
const NANOSECONDS_PER_MICROSECOND = 1000

/** Gathers records to lines: each costs the server and the page time however short it is. */
export class ActivityBatch {
  readonly #send: (line: string) => void
  #records: ActivityRecord[] = []
  #at = 0
  #timer: NodeJS.Timeout | undefined
  #promptFlushes = 0
  #toldBytes = 0

  constructor(send: (line: string) => void) {
    this.#send = send
  }

  add(what: What, request: number, number: number, text: string): void {
    const now = microseconds()
    if (this.#records.length === 0) this.#at = now
    this.#records.push([what, now - this.#at, request, number, text.slice(0, MAX_TEXT_LENGTH)])
    if (this.#records.length >= MAX_RECORDS || this.#promptFlushes < PROMPT_FLUSHES) {
      this.#promptFlushes += 1
      this.flush()
    }
    this.#timer ??= setTimeout(() => this.#flushInTime(), FLUSH_EVERY_MS).unref()
  }

  addBytes(what: What, request: number, data: unknown): void {
    if (!(data instanceof Uint8Array)) return
    const room = Math.min(TOLD_BYTES, TOLD_BYTES_PER_FLUSH - this.#toldBytes)
    const told = Math.max(0, Math.min(data.length, room))
    this.#toldBytes += told
    const text = Buffer.from(data.buffer, data.byteOffset, told).toString('base64')
    this.add(what, request, data.length, text)
  }

  flush(): void {
    if (this.#records.length === 0) return
    const { pid } = process
    const activity = { type: 'activity', pid, thread: threadId, at: this.#at, records: this.#records }
    this.#records = []
    this.#send(`${JSON.stringify(activity)}\n`)
  }

  #flushInTime(): void {
    this.#timer = undefined
    this.#promptFlushes = 0
    this.#toldBytes = 0
    this.flush()
  }
}

/** Of the machine's monotonic clock, which is the same in every process. */
function microseconds(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * MICROSECONDS + Math.floor(nanoseconds / NANOSECONDS_PER_MICROSECOND)
}
