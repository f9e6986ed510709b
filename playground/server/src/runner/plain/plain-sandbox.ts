import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Limits } from '../../limits.ts'
import { BoundedProgram } from '../bounded-program.ts'
import { readProcess } from '../process-tree.ts'
import { startProcess, type ProgramProcess } from '../program-process.ts'
import type { Program, ProgramOptions, Sandbox } from '../runner.ts'
import { removeDirectory } from '../temporary-directory.ts'
import { SessionDirectory } from './session-directory.ts'

const MARKER_VARIABLE = 'PLAYGROUND_RUN'
const KILL_DEADLINE_MS = 500

/** A directory and process groups: the programs of a session can be found and ended, and do what the user may do. */
export class PlainSandbox implements Sandbox {
  readonly ended: Promise<undefined>
  readonly #limits: Limits
  readonly #directory = new SessionDirectory()
  readonly #programs = new Set<ProgramProcess>()
  #end: () => void = () => undefined
  #closing: Promise<void> | undefined

  constructor(limits: Limits) {
    this.#limits = limits
    this.ended = new Promise((resolve) => {
      this.#end = () => resolve(undefined)
    })
  }

  async start({ run, modules, entry, arguments: args, onEvent }: ProgramOptions): Promise<Program> {
    const runDirectory = await this.#directory.write(run, modules)
    const directory = await this.#directory.path()
    const marker = randomUUID()
    const program = await startProcess({
      node: [process.execPath],
      directory,
      program: [join(runDirectory, entry), ...args],
      env: { PATH: process.env['PATH'], [MARKER_VARIABLE]: marker },
      kinship: {
        leadsGroup: process.platform !== 'win32',
        // A detached process has left the group, and inherited the environment.
        belongs: (pid) => readProcess(pid, 'environ').includes(marker),
        killDeadlineMs: KILL_DEADLINE_MS,
      },
    })
    this.#programs.add(program)
    void program.exited.then(async () => {
      this.#programs.delete(program)
      await removeDirectory(runDirectory)
    })
    return new BoundedProgram(program, this.#limits, onEvent)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#programs].map((program) => program.stop(0)))
    await this.#directory.remove()
    this.#end()
  }
}
