import { isBounded } from '../sockets/timeout.ts'

/** How long handlers may take to heed their aborted signal, or the end of their connection, when the time of a close is over. */
export const ABORT_GRACE_MS = 100

/** Whether `promise` settles within `timeoutMs`; without a timeout, waits for it. Its error is not thrown. */
export async function settlesWithin(
  promise: Promise<unknown>,
  timeoutMs: number | undefined,
): Promise<boolean> {
  const settled = promise.then(
    () => true,
    () => true,
  )
  if (!isBounded(timeoutMs)) return settled
  let timer: NodeJS.Timeout | undefined
  const timedOut = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, false)
  })
  try {
    return await Promise.race([settled, timedOut])
  } finally {
    clearTimeout(timer)
  }
}

/** Counts down from `timeoutMs`: gives the milliseconds that are left, or undefined where there is no limit. */
export function timeLeft(timeoutMs: number | undefined): () => number | undefined {
  if (timeoutMs === undefined) return () => undefined
  const deadline = performance.now() + timeoutMs
  return () => Math.max(0, deadline - performance.now())
}
