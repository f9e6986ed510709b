import type { End } from '../timeline/request-matcher.ts'
import type { Source } from '../timeline/source.ts'

/** Bytes that an end of a conversation has received, sent, or read as a line. */
export type WireEntry = End & {
  readonly what: 'received' | 'sent' | 'lineRead'
  readonly at: number
  readonly source: Source
  readonly bytes: number
  /** The first of the bytes, in base64. */
  readonly told: string
}
