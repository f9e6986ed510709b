import type { WireEntry } from '../wire/wire-entry.ts'
import type { MeasuredMark } from './activity-feed.ts'
import type { TimeWindow } from './time-window.ts'

/** The part of the time that a measured value stands for; undefined while nothing of its run is known. */
export function spanOf({ run, span }: MeasuredMark, wire: readonly WireEntry[]): TimeWindow | undefined {
  if (span !== undefined) return span
  const times = wire.filter(({ source }) => source.run === run).map(({ at }) => at)
  return times.length === 0 ? undefined : { from: Math.min(...times), to: Math.max(...times) }
}
