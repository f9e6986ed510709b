import type { ClientMessage } from '@playground/protocol'
import { SERVER_RUN, type RecordedMessage, type Recording } from './recording.ts'
import type { SessionEvents } from './session-events.ts'

type StartMessage = Extract<ClientMessage, { type: 'start' }>
type ControlMessage = Exclude<ClientMessage, StartMessage>

/** Nobody waits longer for what comes next, however long it took. */
const MAX_WAIT_MS = 1500
const MICROSECONDS = 1000

/** Starts the client of the playground as the reader of the recording has done. */
export type StartClient = (words: readonly string[]) => void

/** Plays the recording of a server and of the clients that it had; the page's runs stand for the recorded ones. */
export class RecordedSession {
  readonly #recording: Recording
  readonly #events: SessionEvents
  readonly #startClient: StartClient
  /** The page's run for each recorded one that is not over. */
  readonly #runs = new Map<number, number>()
  readonly #shiftUs: number
  /** The client that the recording waits for, because the page loads it still. */
  #awaited: { run: number; arguments: readonly string[] } | undefined
  #next = 0
  #timer: number | undefined

  constructor(recording: Recording, events: SessionEvents, startClient: StartClient) {
    this.#recording = recording
    this.#events = events
    this.#startClient = startClient
    this.#shiftUs = shiftToNow(recording)
  }

  /** Called with the run of the page that stands for the server's. */
  play(run: number): void {
    this.#runs.set(SERVER_RUN, run)
    this.#playSoon()
  }

  /** Whether the recording has waited for this client. */
  join({ run, entry, arguments: words }: StartMessage): boolean {
    const awaited = this.#awaited
    const isAwaited = entry === this.#recording.client && awaited?.arguments.join(' ') === words.join(' ')
    if (awaited === undefined || !isAwaited) return false
    this.#awaited = undefined
    this.#runs.set(awaited.run, run)
    this.#playSoon()
    return true
  }

  /** False if the run is not of this recording. */
  control({ type, run }: ControlMessage): boolean {
    if (![...this.#runs.values()].includes(run)) return false
    if (type === 'stop' || type === 'interrupt') this.#end(type === 'stop')
    else
      this.#events.message({
        type: 'refused',
        code: 'unknown-run',
        run,
        message: 'Not sent: this is a recorded run',
      })
    return true
  }

  /** Whether the server of the recording has ended, or was stopped. */
  get isOver(): boolean {
    return !this.#runs.has(SERVER_RUN)
  }

  close(): void {
    window.clearTimeout(this.#timer)
    this.#runs.clear()
  }

  #end(stopped: boolean): void {
    const runs = [...this.#runs.values()]
    this.close()
    const signal = stopped ? 'SIGTERM' : 'SIGINT'
    for (const run of runs) this.#events.message({ type: 'exited', run, code: null, signal, stopped })
  }

  #playSoon(): void {
    const [waitMs] = this.#recording.messages[this.#next] ?? []
    if (waitMs === undefined || this.isOver) return
    this.#timer = window.setTimeout(() => this.#play(), Math.min(waitMs, MAX_WAIT_MS))
  }

  #play(): void {
    const [, message] = this.#recording.messages[this.#next] ?? []
    this.#next += 1
    if (message === undefined) return
    if (message.type === 'start') {
      this.#awaited = message
      return this.#startClient(message.arguments)
    }
    const run = this.#runs.get(message.run ?? SERVER_RUN)
    if (message.type === 'exited') this.#runs.delete(message.run)
    if (run !== undefined) this.#tell(run, message)
    this.#playSoon()
  }

  #tell(run: number, message: Exclude<RecordedMessage, { type: 'start' }>): void {
    if (message.type === 'output') {
      const { stream, text } = message
      this.#events.output({ run, stream, data: new TextEncoder().encode(text) })
    } else if (message.type === 'activity') {
      this.#events.message({ ...message, run, at: message.at + this.#shiftUs })
    } else {
      this.#events.message({ ...message, run })
    }
  }
}

/** What brings the times of the recording to now. */
function shiftToNow({ messages }: Recording): number {
  const begunAt = messages.flatMap(([, message]) => (message.type === 'activity' ? [message.at] : []))
  const nowUs = Math.floor((performance.timeOrigin + performance.now()) * MICROSECONDS)
  return nowUs - Math.min(nowUs, ...begunAt)
}
