import { readdir, readFile } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'

const KILL_ROUND_MS = 5

/** A process in an uninterruptible system call does not die before the call returns; it is not waited for longer. */
const KILL_DEADLINE_MS = 500

/** Whether a process outside of the leader's group was started by it all the same. */
export type Belongs = (pid: number) => Promise<boolean>

/** A process with everything it has started: the process group that it leads and, on Linux, what has left the group. */
export class ProcessTree {
  readonly #leader: number
  readonly #belongs: Belongs
  /** Once the group is empty the system may give its number to another. */
  #isGone = false

  constructor(leader: number, belongs: Belongs) {
    this.#leader = leader
    this.#belongs = belongs
  }

  interrupt(): void {
    this.#signalGroup('SIGINT')
  }

  async terminate(): Promise<void> {
    this.#signalGroup('SIGTERM')
    for (const { pid, group } of await this.#members()) {
      if (group !== this.#leader) signalProcess(pid, 'SIGTERM')
    }
  }

  /** Resolves when no process is left. In rounds, because one of them may have forked while the others were found. */
  async kill(): Promise<void> {
    const deadline = performance.now() + KILL_DEADLINE_MS
    this.#signalGroup('SIGKILL')
    for (;;) {
      const members = await this.#members()
      this.#isGone = members.length === 0
      if (this.#isGone || performance.now() > deadline) return
      for (const { pid } of members) signalProcess(pid, 'SIGKILL')
      await setTimeout(KILL_ROUND_MS)
    }
  }

  #signalGroup(signal: NodeJS.Signals): void {
    if (!this.#isGone) signalProcess(process.platform === 'win32' ? this.#leader : -this.#leader, signal)
  }

  async #members(): Promise<ProcessEntry[]> {
    if (this.#isGone || process.platform !== 'linux') return []
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
    const entries = await Promise.all(pids.map((pid) => this.#memberOf(pid)))
    return entries.filter((entry) => entry !== undefined)
  }

  async #memberOf(pid: string): Promise<ProcessEntry | undefined> {
    const stat = await readProcess(pid, 'stat')
    // "pid (name) state parent group …", and the name may hold spaces and parentheses.
    const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (state === undefined || state === 'Z' || state === 'X') return undefined
    const entry = { pid: Number(pid), group: Number(group) }
    return entry.group === this.#leader || (await this.#belongs(entry.pid)) ? entry : undefined
  }
}

interface ProcessEntry {
  pid: number
  group: number
}

/** Empty for a process that is gone, or that is another user's and so not ours. */
export async function readProcess(
  pid: string | number,
  file: 'stat' | 'environ' | 'limits',
): Promise<string> {
  try {
    return await readFile(`/proc/${pid}/${file}`, 'latin1')
  } catch {
    return ''
  }
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    // ESRCH: gone already. EPERM: on macOS, a group of which only zombies are left.
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code !== 'ESRCH' && code !== 'EPERM') throw error
  }
}
