import { SEGMENT_TEXTS, segmentsOf, type RequestLane } from './request-lane.ts'
import { durationText } from './time-window.ts'

/** One request in words. */
export function describeLane(lane: RequestLane, now: number): string {
  const { number, client, source, servedBy, receivedBytes, sentBytes } = lane
  const from = client === '' ? '' : ` from ${client}`
  const by = source === undefined ? '' : `, in ${servedBy ?? ''} of process ${source.pid}`
  const parts = segmentsOf(lane, now).map(({ name, from: begin, to, isOpen }) => {
    return `${SEGMENT_TEXTS[name].toLowerCase()} ${durationText(to - begin)}${isOpen ? ' so far' : ''}`
  })
  const bytes = `received ${receivedBytes} bytes, sent ${sentBytes} bytes`
  return `Request ${number}${from}${by}: ${[...parts, outcomeText(lane)].join(', ')}; ${bytes}`
}

/** How a request stands. */
export function outcomeText({ outcome, error, startedAt, closedAt }: RequestLane): string {
  if (outcome === 'failed') return `failed: ${error ?? ''}`
  if (outcome === 'refused') return 'refused by a limit'
  if (outcome === 'finished') return closedAt === undefined ? 'finished' : 'closed'
  if (outcome === 'unserved') return 'never served'
  return startedAt === undefined ? 'queued' : 'in progress'
}
