import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'

const KILL_ROUND_MS = 5

/** In /proc/PID/stat, counted from the state: how many threads a process has. */
const THREADS_FIELD = 17

/** How the processes that a program has started are known. */
export interface Kinship {
  /** Whether the program leads a process group, which its children are in unless they leave it. */
  leadsGroup: boolean
  /** Whether a process outside of the group is of the program all the same; asked on Linux. */
  belongs: (pid: number) => boolean
  /** A process in an uninterruptible system call does not die before the call returns; so long it is waited for. */
  killDeadlineMs: number
}

/** A process with everything it has started. */
export class ProcessTree {
  readonly #leader: number
  readonly #kinship: Kinship
  /** Once it is, the system may give its number to another. */
  #isGone = false

  constructor(leader: number, kinship: Kinship) {
    this.#leader = leader
    this.#kinship = kinship
  }

  /** What a terminal does at Ctrl-C: it signals the group, or what is left of the notion where there are no groups. */
  interrupt(): void {
    this.#signalLeader('SIGINT')
    if (!this.#kinship.leadsGroup) this.#signalOthers('SIGINT')
  }

  terminate(): void {
    this.#signalLeader('SIGTERM')
    this.#signalOthers('SIGTERM')
  }

  /** Resolves when no process is left. In rounds, because one of them may have forked while the others were found. */
  async kill(): Promise<void> {
    const deadline = performance.now() + this.#kinship.killDeadlineMs
    this.#signalLeader('SIGKILL')
    for (;;) {
      // One that was not listed yet may have been forked by one that had ended when it was looked at: so twice.
      this.#isGone = this.#signalOthers('SIGKILL') === 0 && this.#signalOthers('SIGKILL') === 0
      if (this.#isGone || performance.now() > deadline) return
      await setTimeout(KILL_ROUND_MS)
    }
  }

  #signalLeader(signal: NodeJS.Signals): void {
    if (!this.#isGone) signalProcess(this.#kinship.leadsGroup ? -this.#leader : this.#leader, signal)
  }

  /** Each as it is found, so that it has the least time to fork. Returns how many of the tree there were. */
  #signalOthers(signal: NodeJS.Signals): number {
    if (this.#isGone || process.platform !== 'linux') return 0
    let count = 0
    for (const pid of readdirSync('/proc').map(Number)) {
      const group = Number.isNaN(pid) ? undefined : groupOf(pid)
      if (group === undefined) continue
      const wasSignalled = pid === this.#leader || (this.#kinship.leadsGroup && group === this.#leader)
      if (!wasSignalled && !this.#kinship.belongs(pid)) continue
      count += 1
      if (!wasSignalled || signal === 'SIGKILL') signalProcess(pid, signal)
    }
    return count
  }
}

/** Empty for a process that is gone, or that is another user's and so not ours. */
export function readProcess(pid: number, file: 'stat' | 'environ' | 'limits'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1')
  } catch {
    return ''
  }
}

/** Of a process that is alive. */
function groupOf(pid: number): number | undefined {
  const stat = readProcess(pid, 'stat')
  // "pid (name) state parent group …", and the name may hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, , group] = fields
  // A process whose first thread has ended lives on in the others.
  const isDead = state === 'X' || (state === 'Z' && Number(fields[THREADS_FIELD]) <= 1)
  return state === undefined || state === '' || isDead ? undefined : Number(group)
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
