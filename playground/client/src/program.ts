import {
  ACKNOWLEDGE_EVERY_BYTES,
  type Address,
  type OutputStream,
  type SourceFile,
} from '@playground/protocol'
import { shallowRef } from 'vue'
import type { RunEvent, SessionConnection } from './session-connection.ts'

/** What is true of a program now, or of its last run. */
export type ProgramState =
  | { name: 'not-started' | 'connecting' | 'starting' | 'stopping' | 'stopped' | 'connection-lost' }
  | { name: 'running'; pid: number }
  | { name: 'listening'; pid: number; address: Address }
  | { name: 'exited'; code: number | null; signal: string | null }
  | { name: 'could-not-start' | 'not-connected'; message: string }

interface ProgramOwner {
  /** Draws output; `drawn` is called when it is on the screen. */
  output(stream: OutputStream, data: Uint8Array, drawn: () => void): void
  changed(state: ProgramState): void
}

const ACTIVE = new Set<ProgramState['name']>(['connecting', 'starting', 'running', 'listening', 'stopping'])

export function isActive(state: ProgramState): boolean {
  return ACTIVE.has(state.name)
}

/** One program of a playground: at most one run of it at a time. */
export class Program {
  readonly state = shallowRef<ProgramState>({ name: 'not-started' })
  readonly #connection: SessionConnection
  readonly #owner: ProgramOwner
  /** Resolves when the program has been sent: what is asked of a run meanwhile waits for that. */
  #run: Promise<number | undefined> = Promise.resolve(undefined)
  #ended: Promise<void> = Promise.resolve()

  constructor(connection: SessionConnection, owner: ProgramOwner) {
    this.#connection = connection
    this.#owner = owner
  }

  /** Starts what `load` resolves to, unless a run is active. */
  start(load: () => Promise<SourceFile>, words: string[]): void {
    if (isActive(this.state.value)) return
    this.#change({ name: 'connecting' })
    this.#ended = new Promise((resolve) => {
      this.#run = this.#send(load, words, resolve)
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
    load: () => Promise<SourceFile>,
    words: string[],
    end: () => void,
  ): Promise<number | undefined> {
    let unacknowledgedBytes = 0
    const acknowledge = (run: number, bytes: number): void => {
      unacknowledgedBytes += bytes
      if (unacknowledgedBytes < ACKNOWLEDGE_EVERY_BYTES) return
      this.#connection.send({ type: 'acknowledge', run, bytes: unacknowledgedBytes })
      unacknowledgedBytes = 0
    }
    try {
      await this.#connection.open()
      const file = await load()
      if (this.state.value.name === 'connecting') this.#change({ name: 'starting' })
      return await this.#connection.start({ entry: file.name, files: [file], arguments: words }, (event) => {
        if (event.type === 'output')
          this.#owner.output(event.stream, event.data, () => acknowledge(event.run, event.data.length))
        else this.#hear(event)
        if (!isActive(this.state.value)) end()
      })
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
        return this.#change(
          event.stopped ? { name: 'stopped' } : { name: 'exited', code: event.code, signal: event.signal },
        )
      case 'refused':
        if (state.name === 'starting' || state.name === 'stopping')
          this.#change({ name: 'could-not-start', message: event.message })
        return
      case 'lost':
        return this.#change({ name: 'connection-lost' })
    }
  }

  #change(state: ProgramState): void {
    this.state.value = state
    this.#owner.changed(state)
  }
}
