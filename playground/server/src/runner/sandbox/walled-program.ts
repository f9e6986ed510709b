import { once } from 'node:events'
import { Writable } from 'node:stream'
import * as v from 'valibot'
import { resolvesWithin } from '../resolves-within.ts'
import type { UnboundedProgram } from '../bounded-program.ts'
import type { AgentCommand } from './agent-command.ts'
import { FrameError, type Frame, type StreamKind } from './frames.ts'
import { ProgramStream } from './program-stream.ts'

const MAX_INPUT_BYTES = 64 * 1024

/** An agent that has not ended a program so long after the grace cannot: its sandbox is ended in its place. */
const STOP_DEADLINE_MS = 1000

const pid = v.pipe(v.number(), v.integer())
const exit = v.object({ code: v.nullable(pid), signal: v.nullable(v.pipe(v.string(), v.maxLength(16))) })

type WalledExit = v.InferOutput<typeof exit>

/** What a program may do to its sandbox. */
interface Surroundings {
  send: (command: AgentCommand) => void
  /** Ends the sandbox, and the program with it. */
  fail: (reason: string) => void
}

interface StartAnswer {
  resolve: () => void
  reject: (error: Error) => void
}

/** A program in a sandbox, by way of its agent. */
export class WalledProgram implements UnboundedProgram {
  readonly stdin: Writable
  readonly stdout: ProgramStream
  readonly stderr: ProgramStream
  readonly events: ProgramStream
  readonly exited: UnboundedProgram['exited']
  readonly #run: number
  readonly #surroundings: Surroundings
  #pid = 0
  #inputTaken: (() => void) | undefined
  #hasEnded = false
  #settleStart: StartAnswer | undefined
  #settleExit: (exit: WalledExit) => void = () => undefined

  constructor(run: number, surroundings: Surroundings) {
    this.#run = run
    this.#surroundings = surroundings
    this.stdin = this.#openInput()
    this.stdout = this.#openStream('stdout')
    this.stderr = this.#openStream('stderr')
    this.events = this.#openStream('events')
    const settled = new Promise<WalledExit>((resolve) => {
      this.#settleExit = resolve
    })
    this.exited = Promise.all([settled, once(this.stdout, 'end'), once(this.stderr, 'end')]).then(
      ([exit]) => exit,
    )
  }

  get pid(): number {
    return this.#pid
  }

  /** Resolves when the agent says that the program runs. @throws an Error with the reason if it does not. */
  started(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#settleStart = { resolve, reject }
    })
  }

  interrupt(): void {
    this.#surroundings.send({ type: 'interrupt', run: this.#run })
  }

  async stop(graceMs: number): Promise<void> {
    this.#surroundings.send({ type: 'stop', run: this.#run, graceMs })
    if (await resolvesWithin(this.exited, graceMs + STOP_DEADLINE_MS)) return
    this.#surroundings.fail('A program could not be stopped, and all of the page were ended')
    await this.exited
  }

  /** @throws {FrameError} if the agent says what it cannot say of a program. */
  receive({ kind, payload }: Frame): void {
    if (this.#hasEnded) throw new FrameError('Frame of a program that has ended')
    switch (kind) {
      case 'started':
        this.#pid = parse(pid, payload)
        this.#takeStart().resolve()
        break
      case 'failed':
        this.#takeStart().reject(new Error(payload.toString()))
        break
      case 'taken':
        this.#takeInput()
        break
      case 'stdout':
      case 'stderr':
      case 'events':
        this[kind].receive(payload)
        break
      case 'exited':
        this.end(parse(exit, payload))
        break
      case 'ready':
        throw new FrameError('Frame of a run that is of none')
    }
  }

  /** No more is to come of it. */
  end(exit: WalledExit): void {
    this.#hasEnded = true
    this.#settleStart?.reject(new Error('the program ended before it ran'))
    for (const stream of [this.stdout, this.stderr, this.events]) stream.end()
    this.stdin.destroy()
    this.#settleExit(exit)
  }

  /** Each answer comes once: an agent that repeats itself would keep the server busy for nothing. */
  #takeStart(): StartAnswer {
    const settle = this.#settleStart
    if (settle === undefined) throw new FrameError('Frame of a start that nobody waits for')
    this.#settleStart = undefined
    return settle
  }

  #takeInput(): void {
    const done = this.#inputTaken
    if (done === undefined) throw new FrameError('Frame of input that nobody gave')
    this.#inputTaken = undefined
    done()
  }

  #openStream(stream: StreamKind): ProgramStream {
    return new ProgramStream((bytes) => {
      this.#surroundings.send({ type: 'credit', run: this.#run, stream, bytes })
    })
  }

  #openInput(): Writable {
    const input = new Writable({
      highWaterMark: MAX_INPUT_BYTES,
      write: (data: Buffer, _encoding, done) => {
        this.#inputTaken = done
        this.#surroundings.send({ type: 'input', run: this.#run, data: data.toString('base64') })
      },
      final: (done) => {
        this.#surroundings.send({ type: 'end-input', run: this.#run })
        done()
      },
    })
    // A page may still write when the program has ended.
    input.on('error', () => undefined)
    return input
  }
}

function parse<T>(schema: v.GenericSchema<unknown, T>, payload: Buffer): T {
  try {
    return v.parse(schema, JSON.parse(payload.toString()))
  } catch (error) {
    throw new FrameError('Frame whose payload is of another shape', { cause: error })
  }
}
