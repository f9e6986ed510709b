import type { Limits } from '../../limits.ts'
import { BoundedProgram } from '../bounded-program.ts'
import { resolvesWithin } from '../resolves-within.ts'
import type { Program, ProgramOptions, Sandbox } from '../runner.ts'
import type { AgentCommand } from './agent-command.ts'
import { FrameError, FrameReader, type Frame } from './frames.ts'
import { SandboxProcess, type SandboxSetup } from './sandbox-process.ts'
import { WalledProgram } from './walled-program.ts'
import { Watchdog } from './watchdog.ts'

const READY_DEADLINE_MS = 10_000

/** bubblewrap with an agent, which does as the server says; what the agent says is not trusted. */
export class WalledSandbox implements Sandbox {
  readonly ended: Promise<string | undefined>
  readonly #process: SandboxProcess
  readonly #watchdog: Watchdog
  readonly #programs = new Map<number, WalledProgram>()
  readonly #limits: Limits
  #isReady = false
  #closing = false
  #reason: string | undefined
  #hasEnded = false
  #becomeReady: () => void = () => undefined

  /** @throws an Error with what bubblewrap complained of. */
  static async open(setup: SandboxSetup, user: number | undefined): Promise<WalledSandbox> {
    const sandbox = new WalledSandbox(setup, user)
    const ready = new Promise<boolean>((resolve) => {
      sandbox.#becomeReady = () => resolve(true)
    })
    const ended = sandbox.ended.then(() => false)
    if ((await resolvesWithin(Promise.race([ready, ended]), READY_DEADLINE_MS)) && !sandbox.#hasEnded) {
      return sandbox
    }
    await sandbox.close()
    throw new Error(sandbox.#process.complaint || `No answer within ${READY_DEADLINE_MS / 1000} s`)
  }

  private constructor(setup: SandboxSetup, user: number | undefined) {
    this.#limits = setup.limits
    this.#process = new SandboxProcess(setup, user)
    this.#watchdog = new Watchdog(this.#process, setup.limits, (reason) => this.#fail(reason))
    this.ended = this.#end()
    const frames = new FrameReader()
    this.#process.frames.on('data', (data: Buffer) => {
      try {
        for (const frame of frames.read(data)) this.#receive(frame)
      } catch (error) {
        if (!(error instanceof FrameError)) throw error
        this.#fail('A program tampered with its sandbox, and all of the page were ended')
      }
    })
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  async start({ run, modules, entry, arguments: args, onEvent }: ProgramOptions): Promise<Program> {
    if (this.#hasEnded) throw new Error(this.#reason ?? 'the sandbox is closed')
    const program = new WalledProgram(run, {
      send: (command) => this.#send(command),
      fail: (reason) => this.#fail(reason),
    })
    this.#programs.set(run, program)
    this.#watchdog.watch()
    const started = program.started()
    this.#send({ type: 'start', run, modules, entry, arguments: args })
    try {
      if (!(await resolvesWithin(started, READY_DEADLINE_MS))) this.#fail('A program could not be started')
      await started
    } catch (error) {
      this.#forget(run)
      throw error
    }
    void program.exited.then(() => this.#forget(run))
    return new BoundedProgram(program, this.#limits, onEvent, () => this.#reason)
  }

  async close(): Promise<void> {
    this.#closing = true
    await this.#process.kill()
    await this.ended
  }

  #forget(run: number): void {
    this.#programs.delete(run)
    if (this.#programs.size === 0) this.#watchdog.rest()
  }

  #receive(frame: Frame): void {
    if (frame.kind === 'ready' && !this.#isReady) {
      this.#isReady = true
      this.#becomeReady()
      return
    }
    const program = this.#programs.get(frame.run)
    // An honest agent says nothing of a run after its end, which it tells before the server can forget the run.
    if (program === undefined) throw new FrameError(`Frame of run ${frame.run}, which is unknown`)
    program.receive(frame)
  }

  #send(command: AgentCommand): void {
    if (this.#process.commands.writable) this.#process.commands.write(`${JSON.stringify(command)}\n`)
  }

  #fail(reason: string): void {
    this.#reason ??= reason
    void this.#process.kill()
  }

  async #end(): Promise<string | undefined> {
    await this.#process.exited
    if (!this.#closing) this.#reason ??= 'What runs the programs of this page was killed by one of them'
    this.#hasEnded = true
    this.#watchdog.stop()
    for (const program of this.#programs.values()) program.end({ code: null, signal: 'SIGKILL' })
    return this.#reason
  }
}
