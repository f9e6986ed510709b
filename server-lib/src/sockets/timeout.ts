/** The longest that a timer of Node waits, 24.8 days: one that is set for longer fires at once. */
export const MAX_TIMER_MS = 2 ** 31 - 1

/** Whether a wait of so many milliseconds has an end; null, undefined, Infinity and what no timer can wait for are for ever. */
export function isBounded(timeoutMs: number | null | undefined): timeoutMs is number {
  return timeoutMs !== null && timeoutMs !== undefined && !(timeoutMs > MAX_TIMER_MS)
}

/** @throws {RangeError} if `timeoutMs` is neither a number, 0 or more, nor null. */
export function checkTimeout(timeoutMs: number | null): void {
  if (timeoutMs === null || timeoutMs >= 0) return
  throw new RangeError(`Cannot set a timeout of ${timeoutMs} ms: 0 or more, or null, is required`)
}
