import { join } from 'node:path'
import { readEvents } from '../event-lines.ts'
import { startProcess } from '../program-process.ts'
import type { Program, ProgramOptions, Sandbox } from '../runner.ts'
import { removeDirectory, SessionDirectory } from './session-directory.ts'

/** A directory and process groups: the programs of a session can be found and ended, and do what the user may do. */
export class PlainSandbox implements Sandbox {
  readonly ended: Promise<undefined>
  readonly #directory = new SessionDirectory()
  readonly #programs = new Set<Program>()
  #end: () => void = () => undefined
  #closing: Promise<void> | undefined

  constructor() {
    this.ended = new Promise((resolve) => {
      this.#end = () => resolve(undefined)
    })
  }

  async start({ run, modules, entry, arguments: args, onEvent }: ProgramOptions): Promise<Program> {
    const runDirectory = await this.#directory.write(run, modules)
    const directory = await this.#directory.path()
    const program = await startProcess({ directory, file: join(runDirectory, entry), arguments: args })
    readEvents(program.events, onEvent)
    this.#programs.add(program)
    void program.exited.then(async () => {
      this.#programs.delete(program)
      await removeDirectory(runDirectory)
    })
    return program
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
