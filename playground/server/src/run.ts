import { OUTPUT_HIGH_WATER_BYTES } from '@playground/protocol'
import { outputBytes, runsStarted, startToListening } from './metrics.ts'
import { OutputFlow } from './output-flow.ts'
import type { PageConnection } from './page-connection.ts'
import type { Program, ProgramOptions, Sandbox } from './runner/runner.ts'

/** What a program has not read of its input waits in the server's memory, so it has a limit as output has. */
const INPUT_LIMIT_BYTES = OUTPUT_HIGH_WATER_BYTES

/** One execution of a program, as its page sees it. */
export class Run {
  /** Resolves when the page has been told of the end. */
  readonly ended: Promise<void>
  readonly #program: Program
  readonly #output: OutputFlow
  #stopped = false

  /** Starts the program and tells the page. */
  static async start(
    sandbox: Sandbox,
    options: Omit<ProgramOptions, 'onEvent'>,
    page: PageConnection,
  ): Promise<Run> {
    const { run } = options
    let observeListening: (() => void) | undefined = startToListening.startTimer()
    const program = await sandbox.start({
      ...options,
      onEvent: (event) => {
        observeListening?.()
        observeListening = undefined
        page.send({ ...event, run })
      },
    })
    runsStarted.inc()
    page.send({ type: 'started', run, pid: program.pid })
    return new Run(run, program, page)
  }

  private constructor(run: number, program: Program, page: PageConnection) {
    this.#program = program
    this.#output = new OutputFlow(program, (stream, data) => {
      outputBytes.inc(data.length)
      page.sendOutput({ run, stream, data })
    })
    this.ended = this.#reportEnd(run, page)
  }

  /** False if so much is unread by the program that this input was not taken. */
  input(text: string): boolean {
    const { stdin } = this.#program
    if (stdin.writableLength > INPUT_LIMIT_BYTES) return false
    stdin.write(text)
    return true
  }

  endInput(): void {
    this.#program.stdin.end()
  }

  interrupt(): void {
    this.#program.interrupt()
  }

  acknowledge(bytes: number): void {
    this.#output.acknowledge(bytes)
  }

  async stop(graceMs: number): Promise<void> {
    this.#stopped = true
    this.#output.drain()
    await this.#program.stop(graceMs)
    await this.ended
  }

  async #reportEnd(run: number, page: PageConnection): Promise<void> {
    const { code, signal } = await this.#program.exited
    page.send({ type: 'exited', run, code, signal, stopped: this.#stopped })
  }
}
