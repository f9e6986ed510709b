import type { ServerRun } from './activity-model.ts'
import { beginOf, type RequestLane } from './request-lane.ts'

const MICROSECONDS_PER_SECOND = 1_000_000

/** What is drawn of a compared server, and what stands in the table of it; times are microseconds. */
export interface ComparisonResult {
  readonly lanes: readonly RequestLane[]
  readonly from: number
  readonly to: number
  readonly totalUs: number
  /** Requests a second. */
  readonly throughput: number
  /** From the arrival of a client to the end of the reply to it, of those that send at once: all but the first. */
  readonly longestReplyUs: number
}

/** Undefined while no request of the server is known. */
export function comparisonResult({ lanes, from, to }: ServerRun): ComparisonResult | undefined {
  if (lanes.length === 0) return undefined
  const totalUs = Math.max(1, to - from)
  const [, ...prompt] = lanes.toSorted((one, other) => beginOf(one) - beginOf(other))
  return {
    lanes: [...lanes],
    from,
    to,
    totalUs,
    throughput: (lanes.length / totalUs) * MICROSECONDS_PER_SECOND,
    longestReplyUs: Math.max(0, ...prompt.map((lane) => repliedUntil(lane, to) - beginOf(lane))),
  }
}

/** Where the drawing of the reply ends too. */
function repliedUntil({ finishedAt, closedAt }: RequestLane, now: number): number {
  return finishedAt ?? closedAt ?? now
}
