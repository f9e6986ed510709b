import type { Source } from './source.ts'

/** One request on the timeline. Times are microseconds on the clock that all programs of a session share. */
export interface RequestLane {
  readonly number: number
  readonly run: number
  readonly client: string
  /** When its client began to connect, if the client is a program of the page. */
  connectAt?: number
  acceptedAt: number
  startedAt?: number
  repliedAt?: number
  finishedAt?: number
  closedAt?: number
  source?: Source
  /** What its source was called then. */
  servedBy?: string
  outcome: 'open' | 'finished' | 'failed' | 'refused' | 'unserved'
  error?: string
  receivedBytes: number
  sentBytes: number
}

const SEGMENTS = ['connect', 'queued', 'handling', 'reply', 'closing'] as const
export type SegmentName = (typeof SEGMENTS)[number]

export const SEGMENT_TEXTS: Readonly<Record<SegmentName, string>> = {
  connect: 'Connect',
  queued: 'Queued',
  handling: 'Handling',
  reply: 'Reply',
  closing: 'Closing',
}

export interface Segment {
  name: SegmentName
  from: number
  to: number
  /** It lasts until now. */
  isOpen: boolean
}

/** The parts of a request's life; one that is not over ends at `now`. */
export function segmentsOf(lane: RequestLane, now: number): Segment[] {
  const { connectAt, acceptedAt, startedAt, repliedAt, finishedAt, closedAt, outcome } = lane
  const isOver = outcome !== 'open'
  const segments: Segment[] = []
  const add = (name: SegmentName, from: number | undefined, ...ends: (number | undefined)[]): void => {
    if (from === undefined) return
    const end = ends.find((to) => to !== undefined)
    if (end === undefined && isOver) return
    const to = Math.max(from, end ?? now)
    segments.push({ name, from, to, isOpen: end === undefined })
  }
  add('connect', connectAt, acceptedAt)
  if (outcome !== 'refused') add('queued', acceptedAt, startedAt, closedAt)
  add('handling', startedAt, repliedAt, finishedAt)
  add('reply', repliedAt, finishedAt)
  add('closing', finishedAt, closedAt)
  return segments
}

export function beginOf(lane: RequestLane): number {
  return lane.connectAt ?? lane.acceptedAt
}

/** When the last thing of it was heard. */
export function endOf({ acceptedAt, startedAt, repliedAt, finishedAt, closedAt }: RequestLane): number {
  return Math.max(acceptedAt, startedAt ?? 0, repliedAt ?? 0, finishedAt ?? 0, closedAt ?? 0)
}
