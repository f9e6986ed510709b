import type { Output, ServerMessage } from '@playground/protocol'

/** The last event of a run whose session ended before it did; `again` if a new session is there to start it in. */
interface LostRun {
  type: 'lost'
  message: string
  again: boolean
}

/** What a run's owner hears of it. */
export type RunEvent = Exclude<ServerMessage, { type: 'activity' }> | ({ type: 'output' } & Output) | LostRun

interface LiveRun {
  listener: (event: RunEvent) => void
  drawnBytes: number
}

/** The runs of the page that have not ended, as far as the page has heard. */
export class LiveRuns {
  readonly #runs = new Map<number, LiveRun>()
  #last = 0

  get size(): number {
    return this.#runs.size
  }

  /** Returns the number of the run; it grows from run to run. */
  add(listener: (event: RunEvent) => void): number {
    this.#last += 1
    this.#runs.set(this.#last, { listener, drawnBytes: 0 })
    return this.#last
  }

  has(run: number): boolean {
    return this.#runs.has(run)
  }

  deliver(run: number, event: RunEvent): void {
    const live = this.#runs.get(run)
    if (event.type === 'exited' || event.type === 'start-failed') this.#runs.delete(run)
    live?.listener(event)
  }

  /** Returns how many bytes of the run have been drawn in all, or undefined if it has ended. */
  drawn(run: number, bytes: number): number | undefined {
    const live = this.#runs.get(run)
    if (live === undefined) return undefined
    live.drawnBytes += bytes
    return live.drawnBytes
  }

  /** How many bytes of each run have been drawn, of those that have printed something. */
  drawnTotals(): [run: number, bytes: number][] {
    const totals = Array.from(this.#runs, ([run, { drawnBytes }]): [number, number] => [run, drawnBytes])
    return totals.filter(([, bytes]) => bytes > 0)
  }

  /** Called when the session has ended. */
  lose(message: string, again: boolean): void {
    const lost = [...this.#runs.values()]
    this.#runs.clear()
    for (const { listener } of lost) listener({ type: 'lost', message, again })
  }
}
