import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import type { Limits } from '../../limits.ts'
import { resolvesWithin } from '../resolves-within.ts'
import { bubblewrapArguments, SECCOMP_FD, STATUS_FD } from './bubblewrap-arguments.ts'
import type { Bind } from './sandbox-files.ts'
import { seccompFilter, type SeccompArchitecture } from './seccomp-filter.ts'

const MIB = 1024 * 1024
const MAX_COMPLAINT_CHARACTERS = 1000

/** The kernel ends the processes of a sandbox with its first one; bubblewrap itself ends when that is done. */
const END_DEADLINE_MS = 2000

/** What all sandboxes of a server have in common. */
export interface SandboxSetup {
  bubblewrap: string
  architecture: SeccompArchitecture
  binds: readonly Bind[]
  limits: Limits
}

/** bubblewrap, with the agent and everything else of a sandbox below it. */
export class SandboxProcess {
  readonly commands: Writable
  readonly frames: Readable
  /** Resolves when no process of the sandbox is left. */
  readonly exited: Promise<void>
  readonly #bubblewrap: ChildProcess
  #initPid: number | undefined
  #complaint = ''
  #hasExited = false

  /** @param user runs the sandbox in place of root, for whom bubblewrap's wall would be weaker */
  constructor({ bubblewrap, architecture, binds, limits }: SandboxSetup, user: number | undefined) {
    const child = spawn(bubblewrap, bubblewrapArguments(binds, limits), {
      cwd: '/',
      env: environment(limits),
      stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
      // Ctrl-C in the terminal of the server is for the server, which ends sandboxes in its own time.
      detached: true,
      ...(user !== undefined && { uid: user, gid: user }),
    })
    this.#bubblewrap = child
    this.commands = child.stdin
    this.frames = child.stdout
    this.exited = this.#end(child)
    for (const stream of child.stdio) stream?.on('error', () => undefined)
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (this.#complaint.length < MAX_COMPLAINT_CHARACTERS) this.#complaint += text
    })
    const [filter, status] = [child.stdio[SECCOMP_FD] as Writable, child.stdio[STATUS_FD] as Readable]
    filter.end(seccompFilter(architecture))
    status.setEncoding('utf8').on('data', (text: string) => {
      this.#initPid ??= Number(/"child-pid": (\d+)/.exec(text)?.[1]) || undefined
    })
  }

  /** Of the sandbox's first process, as the machine numbers it; undefined until there is one, and when it is gone. */
  get initPid(): number | undefined {
    return this.#hasExited ? undefined : this.#initPid
  }

  /** What bubblewrap or the agent complained of, for whoever asks why there is no sandbox. */
  get complaint(): string {
    return this.#complaint.trim()
  }

  /** Ends every process of the sandbox at once. */
  async kill(): Promise<void> {
    if (this.initPid === undefined) this.#bubblewrap.kill('SIGKILL')
    else killIfAlive(this.initPid)
    if (!(await resolvesWithin(this.exited, END_DEADLINE_MS))) this.#bubblewrap.kill('SIGKILL')
    await this.exited
  }

  async #end(child: ChildProcess): Promise<void> {
    try {
      await once(child, 'exit')
    } catch (error) {
      this.#complaint = String(error)
    }
    this.#hasExited = true
    // A process that is not of the sandbox any more cannot hold them open, and what is in them is of no use.
    for (const stream of child.stdio) stream?.destroy()
  }
}

/** Nothing of the server's: it may hold secrets. */
function environment({ oldSpaceBytes }: Limits): NodeJS.ProcessEnv {
  return {
    PATH: '/usr/bin',
    HOME: '/tmp',
    LANG: 'C.UTF-8',
    TERM: 'xterm-256color',
    ...(Number.isFinite(oldSpaceBytes) && {
      NODE_OPTIONS: `--max-old-space-size=${Math.floor(oldSpaceBytes / MIB)}`,
    }),
  }
}

function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
