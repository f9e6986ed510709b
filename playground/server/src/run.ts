import { OUTPUT_HIGH_WATER_BYTES } from '@playground/protocol'
import type { Limits } from './limits.ts'
import { outputBytes, runsStarted, startToListening } from './metrics.ts'
import { OutputFlow } from './output-flow.ts'
import type { Program, ProgramOptions, Sandbox } from './runner/runner.ts'
import type { SessionLink } from './session-link.ts'

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
    { outputWaitingBytes }: Limits,
    page: SessionLink,
  ): Promise<Run> {
    const { run } = options
    let observeListening: (() => void) | undefined = startToListening.startTimer()
    const program = await sandbox.start({
      ...options,
      onEvent: (event) => {
        if (event.type === 'listening') {
          observeListening?.()
          observeListening = undefined
        }
        page.send({ ...event, run })
      },
    })
    runsStarted.inc()
    page.send({ type: 'started', run, pid: program.pid })
    return new Run(run, program, outputWaitingBytes, page)
  }

  private constructor(run: number, program: Program, waitingBytes: number, page: SessionLink) {
    this.#program = program
    this.#output = new OutputFlow(program, waitingBytes, (stream, data) => {
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

  /** The page has drawn so many bytes of the run's output in all. Returns how many of them are news. */
  acknowledge(totalBytes: number): number {
    return this.#output.acknowledge(totalBytes)
  }

  async stop(graceMs: number): Promise<void> {
    this.#stopped = true
    this.#output.drain()
    await this.#program.stop(graceMs)
    await this.ended
  }

  async #reportEnd(run: number, page: SessionLink): Promise<void> {
    const { code, signal, limit } = await this.#program.exited
    this.#output.end()
    page.send({
      type: 'exited',
      run,
      code,
      signal,
      stopped: this.#stopped,
      ...(limit !== undefined && { limit }),
    })
  }
}
