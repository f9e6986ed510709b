import { readProcess } from '../../process-tree.ts'
import { startProcess, type ProgramProcess } from '../../program-process.ts'

const INIT_PID = 1
const PRLIMIT = '/usr/bin/prlimit'
const WORKING_DIRECTORY = '/tmp'

/**
 * Starts processes that are told apart for good: each has a number in a resource limit that Linux keeps and no longer
 * uses. What it starts inherits the number; a process can lower its own, which makes it nobody's, and whatever is
 * nobody's ends with the next program that does.
 */
export class MarkedProcesses {
  /** By their numbers; one that is only being started has no process yet. */
  readonly #living = new Map<number, ProgramProcess | undefined>()
  #lastMark = 0

  async start(): Promise<ProgramProcess> {
    this.#lastMark += 1
    const mark = this.#lastMark
    this.#living.set(mark, undefined)
    try {
      const program = await startProcess({
        node: [PRLIMIT, `--locks=${mark}`, '--', process.execPath],
        directory: WORKING_DIRECTORY,
        program: [],
        env: process.env,
        kinship: {
          // A sandbox is one group, which nothing in it can leave: see the filter of system calls.
          leadsGroup: false,
          belongs: (pid) => this.#isNobodyElses(mark, pid),
          // The server does not wait for ever, and then ends the sandbox.
          killDeadlineMs: Infinity,
        },
      })
      this.#living.set(mark, program)
      void program.exited.then(() => this.#living.delete(mark))
      return program
    } catch (error) {
      this.#living.delete(mark)
      throw error
    }
  }

  #isNobodyElses(mark: number, pid: number): boolean {
    if (pid === INIT_PID || pid === process.pid) return false
    const found = /^Max file locks\s+(\d+)/m.exec(readProcess(pid, 'limits'))?.[1]
    if (found !== undefined) return !this.#living.has(Number(found)) || Number(found) === mark
    // One that has no number yet is only being started, by the agent.
    return [...this.#living.values()].every((living) => living !== undefined && living.pid !== pid)
  }
}
