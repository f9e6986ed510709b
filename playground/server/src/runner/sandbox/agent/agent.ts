import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { AgentCommand } from '../agent-command.ts'
import { encodeFrame } from '../frames.ts'
import type { ProgramProcess } from '../../program-process.ts'
import { MarkedProcesses } from './marked-processes.ts'
import { StreamSender } from './stream-sender.ts'

/** So that a spare is not made while the program that took the last one starts. */
const SPARE_DELAY_MS = 150

/** As many as Node makes for file operations. */
const FILE_THREADS = 4

type StartCommand = Extract<AgentCommand, { type: 'start' }>
type ProgramCommand = Exclude<AgentCommand, StartCommand>

interface RunningProgram {
  process: ProgramProcess
  senders: Record<'stdout' | 'stderr' | 'events', StreamSender>
}

/** The programs of one sandbox, and a spare process for the next of them. */
export class Agent {
  readonly #send: (frame: Buffer) => void
  readonly #processes = new MarkedProcesses()
  readonly #programs = new Map<number, RunningProgram>()
  #spare: Promise<ProgramProcess> | undefined

  static async open(send: (frame: Buffer) => void): Promise<Agent> {
    const agent = new Agent(send)
    agent.#spare = agent.#makeSpare()
    await agent.#spare
    // Makes the threads that file operations need while there is room for threads: without them Node aborts.
    await Promise.all(Array.from({ length: FILE_THREADS }, () => readdir('/proc')))
    return agent
  }

  private constructor(send: (frame: Buffer) => void) {
    this.#send = send
  }

  handle(command: AgentCommand): void {
    if (command.type === 'start') void this.#start(command)
    else this.#control(command)
  }

  async #start({ run, modules, entry, arguments: args }: StartCommand): Promise<void> {
    try {
      const directory = join('/tmp', `run-${run}`)
      await mkdir(directory, { recursive: true })
      await Promise.all(modules.map(({ name, code }) => writeFile(join(directory, name), code)))
      const process = await this.#takeSpare()
      process.events.write(`${JSON.stringify([join(directory, entry), ...args])}\n`)
      this.#follow(run, process, directory)
      await setTimeout(SPARE_DELAY_MS)
      this.#spare ??= this.#makeSpare()
    } catch (error) {
      this.#send(encodeFrame('failed', run, reasonOf(error)))
    }
  }

  async #takeSpare(): Promise<ProgramProcess> {
    const spare = await (this.#spare ?? this.#processes.start())
    this.#spare = undefined
    // When it was started there was no room for all of its threads, of which Node complains.
    const isFlawed = spare.stderr.readableLength > 0
    if (isFlawed) await spare.stop(0)
    return isFlawed ? this.#processes.start() : spare
  }

  #follow(run: number, process: ProgramProcess, directory: string): void {
    const sender = (kind: 'stdout' | 'stderr' | 'events') =>
      new StreamSender(process[kind], (data) => {
        this.#send(encodeFrame(kind, run, data))
      })
    const senders = { stdout: sender('stdout'), stderr: sender('stderr'), events: sender('events') }
    this.#programs.set(run, { process, senders })
    this.#send(encodeFrame('started', run, JSON.stringify(process.pid)))
    void process.exited.then(async (exit) => {
      this.#programs.delete(run)
      await rm(directory, { recursive: true, force: true }).catch(() => undefined)
      this.#send(encodeFrame('exited', run, JSON.stringify(exit)))
    })
  }

  #control(command: ProgramCommand): void {
    const program = this.#programs.get(command.run)
    if (program === undefined) return
    const { process } = program
    switch (command.type) {
      case 'input':
        process.stdin.write(Buffer.from(command.data, 'base64'), () => {
          if (this.#programs.has(command.run)) this.#send(encodeFrame('taken', command.run))
        })
        break
      case 'end-input':
        process.stdin.end()
        break
      case 'interrupt':
        process.interrupt()
        break
      case 'stop':
        void process.stop(command.graceMs)
        break
      case 'credit':
        program.senders[command.stream].credit(command.bytes)
        break
    }
  }

  async #makeSpare(): Promise<ProgramProcess> {
    const spare = await this.#processes.start()
    void spare.exited.then(async () => {
      // A program of the sandbox may have killed it while it was spare.
      if (this.#spare !== undefined && spare === (await this.#spare)) this.#spare = undefined
    })
    return spare
  }
}

/** In words where a reader can do something about it. */
function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOSPC') return '/tmp is full: a program must remove files there, or the page be loaded again'
  if (code === 'EAGAIN')
    return 'too many processes and threads are running: stop a program, then start another'
  return error instanceof Error ? error.message : String(error)
}
