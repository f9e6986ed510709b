import {
  MAX_MESSAGE_BYTES,
  parseClientMessage,
  ProtocolError,
  type ClientMessage,
  type RefusalCode,
} from '@playground/protocol'
import type { RawData } from 'ws'
import { refusals } from './metrics.ts'
import type { PageConnection } from './page-connection.ts'
import { Run } from './run.ts'
import type { Runner, Sandbox } from './runner/runner.ts'
import { moduleName, transpile, TranspileError } from './transpile.ts'

const MAX_RUNS = 8
const KILL_GRACE_MS = 1500

/** Shorter than a Stop's: everything a page started is gone within two seconds of its end. */
const CLOSE_GRACE_MS = 1000

type StartMessage = Extract<ClientMessage, { type: 'start' }>
type RunMessage = Exclude<ClientMessage, StartMessage>

/** What one page may do: its runs, the sandbox they share, and the rules for its messages. */
export class Session {
  readonly #page: PageConnection
  readonly #runner: Runner
  /** Opened when the first program starts; a page that only reads costs nothing. */
  #sandbox: Promise<Sandbox> | undefined
  readonly #runs = new Map<number, Run>()
  #lastRun = 0
  #queue: Promise<void> = Promise.resolve()
  #closing: Promise<void> | undefined

  constructor(page: PageConnection, runner: Runner) {
    this.#page = page
    this.#runner = runner
  }

  /** Takes one message off the WebSocket; messages are handled in order, so input never overtakes its start. */
  receive(data: RawData, isBinary: boolean): void {
    if (isBinary || !Buffer.isBuffer(data)) {
      this.#refuse('invalid-message', 'Message is binary: text is required')
    } else if (data.length > MAX_MESSAGE_BYTES) {
      const message = `Message of ${data.length} bytes: at most ${MAX_MESSAGE_BYTES} bytes are required`
      this.#refuse('too-large', message)
    } else {
      const message = this.#parse(data.toString())
      if (message !== undefined) this.#queue = this.#queue.then(() => this.#handle(message))
    }
  }

  /** Resolves when all runs are gone with everything they started, and the sandbox too. */
  close(): Promise<void> {
    this.#closing ??= this.#end()
    return this.#closing
  }

  async #end(): Promise<void> {
    this.#page.close()
    await this.#queue
    await Promise.all([...this.#runs.values()].map((run) => run.stop(CLOSE_GRACE_MS)))
    await (await this.#sandbox)?.close()
    this.#page.terminate()
  }

  #parse(text: string): ClientMessage | undefined {
    try {
      return parseClientMessage(text)
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      this.#refuse('invalid-message', error.message)
      return undefined
    }
  }

  async #handle(message: ClientMessage): Promise<void> {
    if (this.#closing !== undefined) return
    if (message.type === 'start') await this.#start(message)
    else this.#control(message)
  }

  async #start(message: StartMessage): Promise<void> {
    const { run: id, entry, files } = message
    if (id <= this.#lastRun) {
      this.#refuse('stale-run', `Run ${id}: a number above ${this.#lastRun} is required`, id)
    } else if (!files.some((file) => file.name === entry)) {
      this.#refuse('invalid-message', `Entry "${entry}": the name of one of the files is required`, id)
    } else if (this.#runs.size >= MAX_RUNS) {
      const text = `${MAX_RUNS} programs are running: stop one of them, then start another`
      this.#refuse('too-many-runs', text, id)
    } else {
      this.#lastRun = id
      await this.#launch(message)
    }
  }

  async #launch({ run: id, entry, files, arguments: args }: StartMessage): Promise<void> {
    try {
      const modules = await Promise.all(files.map(transpile))
      this.#sandbox ??= this.#runner.open()
      const program = { run: id, modules, entry: moduleName(entry), arguments: args }
      const run = await Run.start(await this.#sandbox, program, this.#page)
      this.#runs.set(id, run)
      void run.ended.then(() => this.#runs.delete(id))
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      const message = error instanceof TranspileError ? reason : `Cannot start "${entry}": ${reason}`
      this.#page.send({ type: 'start-failed', run: id, message })
    }
  }

  #control(message: RunMessage): void {
    const run = this.#runs.get(message.run)
    if (run === undefined) {
      // A message for a run that has just ended crossed the news of its end: no fault of the page.
      if (message.run > this.#lastRun)
        this.#refuse('unknown-run', `Run ${message.run} is unknown`, message.run)
      return
    }
    switch (message.type) {
      case 'input':
        if (!run.input(message.data)) {
          const text = `Input of run ${message.run} is not taken: the program must read what it has first`
          this.#refuse('too-large', text, message.run)
        }
        break
      case 'end-input':
        run.endInput()
        break
      case 'interrupt':
        run.interrupt()
        break
      case 'stop':
        void run.stop(KILL_GRACE_MS)
        break
      case 'acknowledge':
        run.acknowledge(message.bytes)
        break
    }
  }

  #refuse(code: RefusalCode, message: string, run?: number): void {
    refusals.inc({ code })
    this.#page.send({ type: 'refused', code, message, ...(run !== undefined && { run }) })
  }
}
