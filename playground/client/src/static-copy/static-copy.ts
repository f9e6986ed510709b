import type { ClientMessage } from '@playground/protocol'
import { parseRecording, type Recording } from './recording.ts'
import { RecordedSession, type StartClient } from './recorded-session.ts'
import type { SessionEvents } from './session-events.ts'
import { SimulatedSession } from './simulated-session.ts'
import { beyondSimulation } from './simulation-limits.ts'
import type { StaticMode } from './static-mode.ts'

type StartMessage = Extract<ClientMessage, { type: 'start' }>
type ControlMessage = Exclude<ClientMessage, StartMessage>

/** What the site has of its examples. */
export interface Published {
  source(file: string): Promise<string>
  /** Undefined for a server of which there is no recording. */
  recording(server: string): (() => Promise<unknown>) | undefined
}

const DURING_RECORDING = 'A recorded run is played, with its own clients and words: stop it first'

/** Runs what a page starts where there is no playground server, or plays what was recorded of it. */
export class StaticCopy {
  readonly #published: Published
  readonly #events: SessionEvents
  readonly #simulated: SimulatedSession
  readonly #modes = new Map<string, Promise<StaticMode>>()
  readonly #recordings = new Map<string, Recording>()
  readonly #startClient = new Map<string, StartClient>()
  #recorded: RecordedSession | undefined
  #queue: Promise<void> = Promise.resolve()

  constructor(published: Published, events: SessionEvents) {
    this.#published = published
    this.#events = events
    this.#simulated = new SimulatedSession(events)
  }

  /** What becomes of a server that is started, by its published text: an edit does not change it. */
  modeOf(server: string): Promise<StaticMode> {
    const mode = this.#modes.get(server) ?? this.#findMode(server)
    this.#modes.set(server, mode)
    return mode
  }

  /** Called by a playground with what starts the client beside its server. */
  onClientStart(server: string, startClient: StartClient): void {
    this.#startClient.set(server, startClient)
  }

  /** Messages are handled in order, so that a stop never overtakes its start. */
  start(message: StartMessage): void {
    this.#queue = this.#queue.then(() => this.#start(message))
  }

  send(message: ControlMessage): void {
    this.#queue = this.#queue.then(() => {
      if (this.#recorded?.control(message) !== true) this.#simulated.control(message)
    })
  }

  /** Ends what runs and what is played. */
  close(): void {
    this.#recorded?.close()
    this.#recorded = undefined
    this.#simulated.close()
  }

  async #start(message: StartMessage): Promise<void> {
    const { run, entry } = message
    try {
      if (this.#isPlaying && this.#recorded?.join(message) === true) return
      const mode = await this.modeOf(entry)
      if (mode.name === 'recorded') this.#play(run, entry)
      else if (this.#isPlaying) this.#fail(run, DURING_RECORDING)
      else this.#simulate(message, mode)
    } catch (error) {
      if (!(error instanceof Error)) throw error
      this.#fail(run, error.message)
    }
  }

  get #isPlaying(): boolean {
    return this.#recorded?.isOver === false
  }

  #simulate(message: StartMessage, mode: StaticMode): void {
    const ofEdits = message.files.map(({ source }) => beyondSimulation(source)).find(Boolean)
    const needs = mode.name === 'unavailable' ? mode.needs : ofEdits
    if (needs === undefined) this.#simulated.start(message)
    else this.#fail(message.run, `The simulated network has not what this program needs: ${needs}`)
  }

  #play(run: number, server: string): void {
    const recording = this.#recordings.get(server)
    if (recording === undefined)
      throw new Error(`Cannot play "${server}": its recording must be loaded first`)
    if (this.#isPlaying) return this.#fail(run, DURING_RECORDING)
    this.#recorded = new RecordedSession(recording, this.#events, (words) =>
      this.#startClient.get(server)?.(words),
    )
    this.#recorded.play(run)
  }

  async #findMode(entry: string): Promise<StaticMode> {
    const source = await this.#published.source(entry).catch(() => '')
    const needs = beyondSimulation(source)
    if (needs === undefined) return { name: 'simulated' }
    const load = this.#published.recording(entry)
    if (load === undefined) return { name: 'unavailable', needs }
    const recording = parseRecording(await load())
    this.#recordings.set(entry, recording)
    return { name: 'recorded', recordedOn: recording.recordedOn }
  }

  #fail(run: number, message: string): void {
    this.#events.message({ type: 'start-failed', run, message })
  }
}
