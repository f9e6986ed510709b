import {
  ACKNOWLEDGE_EVERY_BYTES,
  type Address,
  type OutputStream,
  type SourceFile,
} from '@playground/protocol'
import { shallowRef, watch } from 'vue'
import type { RunEvent } from './live-runs.ts'
import type { SessionConnection } from './session-connection.ts'

/** What is true of a program now, or of its last run. */
export type ProgramState =
  | { name: 'not-started' | 'connecting' | 'starting' | 'stopping' | 'stopped' }
  | { name: 'running'; pid: number }
  | { name: 'listening'; pid: number; address: Address }
  | { name: 'exited'; code: number | null; signal: string | null }
  | { name: 'could-not-start' | 'not-connected' | 'ended-by-limit' | 'lost'; message: string }

interface ProgramOwner {
  /** Draws output; `drawn` is called when it is on the screen. */
  output(stream: OutputStream, data: Uint8Array, drawn: () => void): void
  changed(state: ProgramState): void
  /** The session has not taken what the page sent; `message` is one line. */
  refused(message: string): void
  /** The run was lost with its session, and a new session is there. */
  restart(): void
}

interface Source {
  /** The entry first. */
  files: [SourceFile, ...SourceFile[]]
  words: string[]
}

/** A program that listens says so within this time; one that does not may never. */
const SETTLE_MS = 3000

const ACTIVE = new Set<ProgramState['name']>(['connecting', 'starting', 'running', 'listening', 'stopping'])

export function isActive(state: ProgramState): boolean {
  return ACTIVE.has(state.name)
}

/** One program of a playground: at most one run of it at a time. */
export class Program {
  readonly state = shallowRef<ProgramState>({ name: 'not-started' })
  /** The numbers of its runs, the last one last. */
  readonly runs = shallowRef<readonly number[]>([])
  readonly #connection: SessionConnection
  readonly #owner: ProgramOwner
  /** Resolves when the program has been sent: what is asked of a run meanwhile waits for that. */
  #run: Promise<number | undefined> = Promise.resolve(undefined)
  #ended: Promise<void> = Promise.resolve()
  #source: Source | undefined

  constructor(connection: SessionConnection, owner: ProgramOwner) {
    this.#connection = connection
    this.#owner = owner
  }

  /** The number of the last run, once it has been sent; undefined if it could not be. */
  get run(): Promise<number | undefined> {
    return this.#run
  }

  /** Starts what `load` resolves to, unless a run is active. */
  start(load: () => Promise<Source['files']>, words: string[]): void {
    if (isActive(this.state.value)) return
    this.#change({ name: 'connecting' })
    this.#ended = new Promise((resolve) => {
      this.#run = this.#send(load, words, resolve)
    })
  }

  /** Starts once more what was started last, although it may have been edited since. */
  startAgain(): void {
    const source = this.#source
    if (source !== undefined) this.start(() => Promise.resolve(source.files), source.words)
  }

  /** Resolves when the program listens, has ended, or has had the time for it. */
  settled(): Promise<void> {
    return new Promise((resolve) => {
      const settle = (): void => {
        clearTimeout(timer)
        unwatch()
        resolve()
      }
      const timer = setTimeout(settle, SETTLE_MS)
      const unwatch = watch(this.state, (state) => {
        if (!isActive(state) || state.name === 'listening') settle()
      })
      if (!isActive(this.state.value) || this.state.value.name === 'listening') settle()
    })
  }

  input(data: string): void {
    void this.#tell((run) => this.#connection.send({ type: 'input', run, data }))
  }

  endInput(): void {
    void this.#tell((run) => this.#connection.send({ type: 'end-input', run }))
  }

  interrupt(): void {
    void this.#tell((run) => this.#connection.send({ type: 'interrupt', run }))
  }

  /** Resolves when the program has ended. */
  async stop(): Promise<void> {
    if (isActive(this.state.value) && this.state.value.name !== 'stopping') {
      this.#change({ name: 'stopping' })
      await this.#tell((run) => this.#connection.send({ type: 'stop', run }))
    }
    await this.#ended
  }

  async #tell(send: (run: number) => void): Promise<void> {
    const run = await this.#run
    if (run !== undefined) send(run)
  }

  async #send(
    load: () => Promise<Source['files']>,
    words: string[],
    end: () => void,
  ): Promise<number | undefined> {
    let unacknowledgedBytes = 0
    const acknowledge = (run: number, bytes: number): void => {
      unacknowledgedBytes += bytes
      if (unacknowledgedBytes < ACKNOWLEDGE_EVERY_BYTES) return
      this.#connection.acknowledge(run, unacknowledgedBytes)
      unacknowledgedBytes = 0
    }
    try {
      await this.#connection.open()
      const files = await load()
      this.#source = { files, words }
      if (this.state.value.name === 'connecting') this.#change({ name: 'starting' })
      const run = await this.#connection.start({ entry: files[0].name, files, arguments: words }, (event) => {
        if (event.type === 'output')
          this.#owner.output(event.stream, event.data, () => acknowledge(event.run, event.data.length))
        else this.#hear(event)
        if (!isActive(this.state.value)) end()
      })
      this.runs.value = [...this.runs.value, run]
      return run
    } catch (error) {
      if (!(error instanceof Error)) throw error
      this.#change({ name: 'not-connected', message: error.message })
      end()
      return undefined
    }
  }

  #hear(event: Exclude<RunEvent, { type: 'output' }>): void {
    const state = this.state.value
    switch (event.type) {
      case 'started':
        if (state.name === 'starting') this.#change({ name: 'running', pid: event.pid })
        return
      case 'listening':
        if (state.name === 'running')
          this.#change({ name: 'listening', pid: state.pid, address: event.address })
        return
      case 'start-failed':
        return this.#change({ name: 'could-not-start', message: event.message })
      case 'exited':
        return this.#change(endOf(event))
      case 'refused':
        if (state.name === 'starting' || state.name === 'stopping')
          this.#change({ name: 'could-not-start', message: event.message })
        else this.#owner.refused(event.message)
        return
      case 'lost':
        // The reader had stopped it already, so nobody misses it.
        if (state.name === 'stopping') return this.#change({ name: 'stopped' })
        this.#change({ name: 'lost', message: event.message })
        if (event.again) this.#owner.restart()
    }
  }

  #change(state: ProgramState): void {
    this.state.value = state
    this.#owner.changed(state)
  }
}

function endOf({ stopped, limit, code, signal }: Extract<RunEvent, { type: 'exited' }>): ProgramState {
  if (stopped) return { name: 'stopped' }
  return limit === undefined ? { name: 'exited', code, signal } : { name: 'ended-by-limit', message: limit }
}
