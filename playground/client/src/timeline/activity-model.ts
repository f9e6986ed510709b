import type { Activity, ActivityRecord } from '@playground/protocol'
import type { ActivityFeed } from './activity-feed.ts'
import { RequestMatcher } from './request-matcher.ts'
import { beginOf, type RequestLane } from './request-lane.ts'
import type { Source } from './source.ts'
import type { WireEntry } from '../wire/wire-entry.ts'

const MAX_WIRE_ENTRIES = 20_000
const MAX_RECORDS_AT_ONCE = 2000
const STYLES = 6
const MICROSECONDS_PER_MS = 1000

/** The server of a run, when it listens. */
export interface ServerRun {
  readonly run: number
  readonly address: string
  /** The class of the server, and those that it derives from. */
  readonly classes: readonly string[]
  readonly lanes: RequestLane[]
  /** Threads and processes that have served some of them. */
  readonly sources: Set<Source>
  from: number
  to: number
}

/** What the views show, put together from what threads and processes have told. */
export class ActivityModel {
  readonly #feed: ActivityFeed
  #read = 0
  #epoch = 0
  #servers = new Map<number, ServerRun>()
  #sources = new Map<string, Source>()
  #wire: WireEntry[] = []
  #matcher = new RequestMatcher()
  #styles = 0
  #now = 0
  #heardAtMs = 0

  constructor(feed: ActivityFeed) {
    this.#feed = feed
  }

  /** The time on the clock of the programs, in microseconds, by that of the page; of a run that has ended, when it was last heard of. */
  now(run: number, clockMs: number): number {
    if (this.#feed.hasEnded(run)) return this.#now
    return this.#now + Math.max(0, Math.round((clockMs - this.#heardAtMs) * MICROSECONDS_PER_MS))
  }

  get sources(): readonly Source[] {
    return [...this.#sources.values()]
  }

  get wire(): readonly WireEntry[] {
    return this.#wire
  }

  get servers(): readonly ServerRun[] {
    return [...this.#servers.values()]
  }

  /** Takes in what has come since the last time: not all of a flood at once, which would hold up the page. */
  update(): void {
    if (this.#feed.epoch !== this.#epoch) this.#forget()
    const { batches } = this.#feed
    if (batches.length > this.#read) this.#heardAtMs = performance.now()
    let records = 0
    for (; this.#read < batches.length && records < MAX_RECORDS_AT_ONCE; this.#read += 1) {
      const activity = batches[this.#read]
      if (activity === undefined) break
      records += activity.records.length
      this.#add(activity)
    }
    if (this.#read < batches.length) this.#feed.refreshLater()
  }

  #forget(): void {
    this.#epoch = this.#feed.epoch
    this.#read = 0
    this.#servers = new Map()
    this.#sources = new Map()
    this.#wire = []
    this.#matcher = new RequestMatcher()
  }

  #add({ run, pid, thread, at, records }: Activity): void {
    const source = this.#sourceOf(run, pid, thread, at)
    for (const record of records) {
      const time = at + record[1]
      this.#now = Math.max(this.#now, time)
      this.#take(source, time, record)
    }
    const excess = this.#wire.length - MAX_WIRE_ENTRIES
    if (excess > MAX_WIRE_ENTRIES / 10) this.#wire.splice(0, excess)
  }

  #take(source: Source, at: number, [what, , request, number, text]: ActivityRecord): void {
    const { run } = source
    switch (what) {
      case 'begun':
        source.parentPid = number
        return
      case 'named':
        source.name = text
        return
      case 'ended':
        return this.#end(run, text, at, number)
      case 'listening':
        return this.#listen(source, text)
      case 'accepted':
      case 'refused':
        return this.#accept(source, request, at, text, what === 'refused')
      case 'started':
        this.#matcher.start(source, request, at, text)
        source.requests += 1
        source.style ??= this.#styles++ % STYLES
        this.#extend(run, at).sources.add(source)
        return
      case 'finished':
      case 'failed':
        this.#extend(run, at)
        return this.#matcher.finish(source, request, at, what, text)
      case 'connected': {
        const lane = this.#matcher.connect(source, request, at - number, text)
        if (lane !== undefined) this.#extend(lane.run, beginOf(lane))
        return
      }
      case 'disconnected':
        if (this.#matcher.close(source, request, at)) this.#extend(run, at)
        return
      case 'received':
      case 'sent':
      case 'lineRead':
        this.#wire.push({
          what,
          at,
          source,
          bytes: number,
          told: text,
          ...this.#matcher.endOf(source, request),
        })
        if (what !== 'lineRead') this.#matcher.transfer(source, request, at, what, number)
    }
  }

  #listen(source: Source, text: string): void {
    const space = text.lastIndexOf(' ')
    // A server whose loop runs in a thread listens there, and its stand-in says so too.
    if (this.#servers.has(source.run)) return
    const classes = text.slice(space + 1).split(',')
    source.isEventLoop = classes.some((name) => name.startsWith('Async'))
    this.#servers.set(source.run, serverOf(source.run, text.slice(0, space), classes))
  }

  #accept(source: Source, request: number, at: number, client: string, isRefused: boolean): void {
    const server = this.#extend(source.run, at)
    const lane = this.#matcher.accept(source, request, at, client, server.lanes.length + 1)
    if (isRefused) lane.outcome = 'refused'
    server.lanes.push(lane)
    this.#extend(source.run, beginOf(lane))
  }

  /** The server of the run, whose requests are known to take until this time at least. */
  #extend(run: number, at: number): ServerRun {
    const server = this.#servers.get(run) ?? serverOf(run, '', [])
    this.#servers.set(run, server)
    server.from = Math.min(server.from, at)
    server.to = Math.max(server.to, at)
    return server
  }

  #end(run: number, text: string, at: number, exitCode: number): void {
    const ended = this.#sources.get(`${run}.${text}`)
    if (ended === undefined) return
    ended.endedAt = at
    ended.exitCode = exitCode
  }

  #sourceOf(run: number, pid: number, thread: number, begunAt: number): Source {
    const key = `${run}.${pid}.${thread}`
    const known = this.#sources.get(key)
    if (known !== undefined) return known
    // The main thread of the program is the first to be heard of.
    const isMain = thread === 0 && !this.sources.some((source) => source.run === run)
    const source = {
      run,
      pid,
      thread,
      isMain,
      parentPid: 0,
      begunAt,
      name: '',
      requests: 0,
      isEventLoop: false,
    }
    this.#sources.set(key, source)
    return source
  }
}

function serverOf(run: number, address: string, classes: string[]): ServerRun {
  return { run, address, classes, lanes: [], sources: new Set(), from: Infinity, to: 0 }
}
