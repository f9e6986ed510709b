import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import type { ProgramEvent } from '@playground/protocol'
import type { Limits } from '../limits.ts'
import { countLimit } from '../metrics.ts'
import { readEvents } from './event-lines.ts'
import { Allowance } from './allowance.ts'
import type { Program, ProgramExit } from './runner.ts'

/** For a program that has printed more than it may: to go on would only cost. */
const LIMIT_GRACE_MS = 500

/** A busy moment of an honest program is not held up. */
const OUTPUT_BURST_MS = 1000
const EVENT_BURST_MS = 4000

const MIB = 1024 * 1024

/** What a program is before its limits. */
export interface UnboundedProgram extends Omit<Program, 'exited'> {
  /** What the program says of itself; whoever reads it trusts none of it. */
  readonly events: Readable
  readonly exited: Promise<{ code: number | null; signal: string | null }>
}

/** A program within the limits of a run, which hold wherever it runs. */
export class BoundedProgram implements Program {
  readonly pid: number
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  readonly exited: Promise<ProgramExit>
  readonly #program: UnboundedProgram
  readonly #output: Allowance
  readonly #events: Allowance
  #limit: string | undefined

  /** @param endedBy which limit ended its sandbox, and so the program too, if one did */
  constructor(
    program: UnboundedProgram,
    limits: Limits,
    onEvent: (event: ProgramEvent) => void,
    endedBy: () => string | undefined = () => undefined,
  ) {
    this.#program = program
    this.pid = program.pid
    this.stdin = program.stdin
    this.#output = new Allowance({
      bytesPerSecond: limits.outputBytesPerSecond,
      burstMs: OUTPUT_BURST_MS,
      totalBytes: limits.outputBytesPerRun,
      late: 'pass',
      onExceeded: () => {
        countLimit('outputBytesPerRun')
        this.#limit = `It printed more than ${limits.outputBytesPerRun / MIB} MB`
        void this.stop(LIMIT_GRACE_MS)
      },
    })
    this.#events = new Allowance({
      bytesPerSecond: limits.eventBytesPerSecond,
      burstMs: EVENT_BURST_MS,
      totalBytes: limits.eventBytesPerRun,
      late: 'drop',
    })
    this.stdout = this.#output.bound(program.stdout)
    this.stderr = this.#output.bound(program.stderr)
    readEvents(this.#events.bound(program.events), onEvent)
    const read = [once(this.stdout, 'end'), once(this.stderr, 'end')]
    this.exited = Promise.all([program.exited, ...read]).then(([exit]) => ({
      ...exit,
      limit: this.#limit ?? endedBy(),
    }))
  }

  interrupt(): void {
    this.#program.interrupt()
  }

  stop(graceMs: number): Promise<void> {
    this.#output.lift()
    this.#events.lift()
    return this.#program.stop(graceMs)
  }
}
