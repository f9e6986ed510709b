import type { ClientMessage } from '@playground/protocol'
import type { Limits } from './limits.ts'
import { countLimit } from './metrics.ts'
import { Run } from './run.ts'
import type { Runner, Sandbox } from './runner/runner.ts'
import type { SessionLink } from './session-link.ts'
import { moduleName, transpile, TranspileError } from './transpile.ts'

type StartMessage = Extract<ClientMessage, { type: 'start' }>
type ControlMessage = Exclude<ClientMessage, StartMessage>

/** The runs of one session and the sandbox that they share. */
export class SessionRuns {
  readonly #page: SessionLink
  readonly #runner: Runner
  readonly #limits: Limits
  /** Opened when the first program starts; a page that only reads costs nothing. */
  #sandbox: Promise<Sandbox> | undefined
  readonly #runs = new Map<number, Run>()
  #lastRun = 0
  #queue: Promise<void> = Promise.resolve()
  #closing: Promise<void> | undefined

  constructor(page: SessionLink, runner: Runner, limits: Limits) {
    this.#page = page
    this.#runner = runner
    this.#limits = limits
  }

  /** Messages are handled in order, so that input never overtakes its start. */
  handle(message: ClientMessage): void {
    this.#queue = this.#queue.then(async () => {
      if (this.#closing !== undefined) return
      if (message.type === 'start') await this.#start(message)
      else this.#control(message)
    })
  }

  /** The page has drawn so much of the run's output. Returns how much of that is news. */
  acknowledge(run: number, totalBytes: number): number {
    return this.#runs.get(run)?.acknowledge(totalBytes) ?? 0
  }

  /** Resolves when all runs are gone with everything they started, and the sandbox too. */
  close(): Promise<void> {
    this.#closing ??= this.#end()
    return this.#closing
  }

  async #end(): Promise<void> {
    await this.#queue
    await Promise.all([...this.#runs.values()].map((run) => run.stop(this.#limits.closeGraceMs)))
    await (await this.#sandbox)?.close()
  }

  async #start(message: StartMessage): Promise<void> {
    const { run: id, entry, files } = message
    if (id <= this.#lastRun) {
      this.#page.refuse('stale-run', `Run ${id}: a number above ${this.#lastRun} is required`, id)
    } else if (!files.some((file) => file.name === entry)) {
      this.#page.refuse('invalid-message', `Entry "${entry}": the name of one of the files is required`, id)
    } else if (this.#runs.size >= this.#limits.runsPerSession) {
      countLimit('runsPerSession')
      const text = `${this.#limits.runsPerSession} programs are running: stop one of them, then start another`
      this.#page.refuse('too-many-runs', text, id)
    } else {
      this.#lastRun = id
      await this.#launch(message)
    }
  }

  async #launch({ run: id, entry, files, arguments: args }: StartMessage): Promise<void> {
    try {
      const modules = await transpile(files, this.#limits)
      const program = { run: id, modules, entry: moduleName(entry), arguments: args }
      const run = await Run.start(await this.#openSandbox(), program, this.#limits, this.#page)
      this.#runs.set(id, run)
      void run.ended.then(() => this.#runs.delete(id))
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      const message = error instanceof TranspileError ? reason : `Cannot start "${entry}": ${reason}`
      this.#page.send({ type: 'start-failed', run: id, message })
    }
  }

  #openSandbox(): Promise<Sandbox> {
    if (this.#sandbox !== undefined) return this.#sandbox
    const opening = this.#runner.open()
    this.#sandbox = opening
    const forget = (): void => {
      if (this.#sandbox === opening) this.#sandbox = undefined
    }
    // A sandbox that reached a limit is gone with its programs; the next program gets another.
    opening.then(({ ended }) => ended.then(forget), forget)
    return opening
  }

  #control(message: ControlMessage): void {
    const run = this.#runs.get(message.run)
    if (run === undefined) {
      // A message for a run that has just ended crossed the news of its end: no fault of the page.
      if (message.run > this.#lastRun)
        this.#page.refuse('unknown-run', `Run ${message.run} is unknown`, message.run)
      return
    }
    switch (message.type) {
      case 'input':
        if (!run.input(message.data)) {
          const text = `Input of run ${message.run} is not taken: the program must read what it has first`
          this.#page.refuse('too-large', text, message.run)
        }
        break
      case 'end-input':
        run.endInput()
        break
      case 'interrupt':
        run.interrupt()
        break
      case 'stop':
        void run.stop(this.#limits.stopGraceMs)
        break
    }
  }
}
