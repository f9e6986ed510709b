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
  readonly #living = new Map<number, ProgramProcess>()
  #lastMark = 0
  #starting = 0

  async start(): Promise<ProgramProcess> {
    this.#lastMark += 1
    const mark = this.#lastMark
    this.#starting += 1
    try {
      const program = await startProcess({
        node: [PRLIMIT, `--locks=${mark}`, '--', process.execPath],
        directory: WORKING_DIRECTORY,
        program: [],
        env: process.env,
        belongs: (pid) => this.#isNobodyElses(mark, pid),
      })
      this.#living.set(mark, program)
      void program.exited.then(() => this.#living.delete(mark))
      return program
    } finally {
      this.#starting -= 1
    }
  }

  async #isNobodyElses(mark: number, pid: number): Promise<boolean> {
    if (pid === INIT_PID || pid === process.pid) return false
    const found = /^Max file locks\s+(\d+)/m.exec(await readProcess(pid, 'limits'))?.[1]
    if (found !== undefined) return !this.#living.has(Number(found)) || Number(found) === mark
    // One that has no number yet is only being started, by the agent.
    return this.#starting === 0 && ![...this.#living.values()].some((living) => living.pid === pid)
  }
}
