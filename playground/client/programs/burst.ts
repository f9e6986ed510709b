import { abort, addressText, atATime, clients } from './client-arguments.ts'

const TITLE_WIDTH = 12
const VALUE_WIDTH = 14

/**
 * Runs so many clients, so many at a time, and prints a table of how long they took. `serve` is one client; it
 * resolves when the client has what it came for, and rejects when it does not get it.
 */
export async function burst(serve: () => Promise<void>): Promise<void> {
  console.log(`${clients} clients to ${addressText}, ${atATime} at a time`)
  const timesMs: number[] = []
  const errors = new Map<string, number>()
  let begun = 0
  const begunMs = performance.now()
  const takeTurns = async (): Promise<void> => {
    while (begun < clients) {
      begun += 1
      const clientBegunMs = performance.now()
      try {
        await serve()
        timesMs.push(performance.now() - clientBegunMs)
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        errors.set(reason, (errors.get(reason) ?? 0) + 1)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(atATime, clients) }, takeTurns))
  const tookMs = performance.now() - begunMs
  for (const [reason, count] of errors) console.error(`${count} × ${reason}`)
  printTable(timesMs, tookMs)
}

function printTable(timesMs: number[], tookMs: number): void {
  timesMs.sort((left, right) => left - right)
  const time = (percent: number): string => {
    const value = percentile(timesMs, percent)
    return value === undefined ? '–' : `${value.toFixed(1)} ms`
  }
  const rows = [
    [abort ? 'aborted' : 'replies', String(timesMs.length)],
    ['errors', String(clients - timesMs.length)],
    ['in all', `${tookMs.toFixed(0)} ms`],
    ['throughput', `${(timesMs.length / (tookMs / 1000)).toFixed(0)} a second`],
    ['p50', time(50)],
    ['p90', time(90)],
    ['p99', time(99)],
    ['max', time(100)],
  ]
  for (const [title = '', value = ''] of rows) {
    console.log(title.padEnd(TITLE_WIDTH) + value.padStart(VALUE_WIDTH))
  }
}

/** The value that so many percent of the sorted values do not exceed; undefined of none. */
function percentile(sorted: readonly number[], percent: number): number | undefined {
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)]
}
