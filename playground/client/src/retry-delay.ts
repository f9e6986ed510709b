const FIRST_MS = 500
const LONGEST_MS = 10_000

/**
 * How long to wait before the `attempt`th try, counted from 0. Twice as long each time, and by chance up to half
 * shorter: the pages of a server that was restarted must not all come back in the same moment.
 */
export function retryDelay(attempt: number): number {
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt)
  return longest * (1 - Math.random() / 2)
}
