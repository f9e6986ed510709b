import type { Activity } from '@playground/protocol'
import { shallowRef } from 'vue'
import type { TimeWindow } from './time-window.ts'

/** Views are drawn again at most so often, however much comes in. */
const REFRESH_MS = 100

/** Some 10,000 requests of both ends take 120,000. */
const MAX_RECORDS = 600_000

/** What a run has measured. */
export interface MeasuredMark {
  readonly run: number
  readonly label: string
  /** Of a time; another number stands for all that the run has done. */
  readonly span: TimeWindow | undefined
}

/** What the programs of a session have told of themselves, kept for the views that the reader may open later. */
export class ActivityFeed {
  /** Changes when there is more to see. */
  readonly version = shallowRef(0)
  #batches: Activity[] = []
  #records = 0
  #epoch = 0
  readonly #names = new Map<number, string>()
  readonly #endedRuns = new Set<number>()
  #mark: MeasuredMark | undefined
  #timer: number | undefined

  /** In the order in which they came. */
  get batches(): readonly Activity[] {
    return this.#batches
  }

  /** Changes when what was kept is forgotten. */
  get epoch(): number {
    return this.#epoch
  }

  add(activity: Activity): void {
    if (this.#records > MAX_RECORDS) this.clear()
    this.#batches.push(activity)
    this.#records += activity.records.length
    this.refreshLater()
  }

  /** Called with the name of the file that a run begins with. */
  begin(run: number, name: string): void {
    this.#names.set(run, name)
  }

  nameOf(run: number): string {
    return this.#names.get(run) ?? 'Program'
  }

  /** Called when nothing more will come of a run. */
  end(run: number): void {
    this.#endedRuns.add(run)
    this.refreshLater()
  }

  /** The last that was measured. */
  get measured(): MeasuredMark | undefined {
    return this.#mark
  }

  mark(mark: MeasuredMark): void {
    this.#mark = mark
    this.refreshLater()
  }

  hasEnded(run: number): boolean {
    return this.#endedRuns.has(run)
  }

  clear(): void {
    this.#batches = []
    this.#records = 0
    this.#epoch += 1
    this.refreshLater()
  }

  /** Has the views look again. */
  refreshLater(): void {
    this.#timer ??= window.setTimeout(() => {
      this.#timer = undefined
      this.version.value += 1
    }, REFRESH_MS)
  }
}
