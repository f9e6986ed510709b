import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { Socket } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { ProcessTree, type Kinship } from './process-tree.ts'
import { resolvesWithin } from './resolves-within.ts'
import type { UnboundedProgram } from './bounded-program.ts'

const BOOTSTRAP = fileURLToPath(new URL('../program/bootstrap.js', import.meta.url))
const REPORTER = new URL('../program/reporter.js', import.meta.url).href
const EVENTS_FD = 3

/** How long output may take to end once all processes are killed. */
const LAST_OUTPUT_MS = 200

export interface ProcessOptions {
  /** The command that runs Node: its path, perhaps after that of a program that sets limits for it. */
  node: readonly [string, ...string[]]
  /** The working directory. */
  directory: string
  /** The path of the module to run, JavaScript with an inline source map, and its arguments. A spare has none yet. */
  program: readonly string[]
  /** All of it: what the server inherited may hold secrets, and some variables double the start-up. */
  env: NodeJS.ProcessEnv
  kinship: Kinship
}

/**
 * Runs a module with Node in a process group of its own.
 * @throws the system error if no process could be made.
 */
export async function startProcess(options: ProcessOptions): Promise<ProgramProcess> {
  const { node, directory, program, env, kinship } = options
  const [command, ...args] = node
  // Worker threads and forked children inherit what is imported by a flag, and not the main module.
  const flags = ['--enable-source-maps', '--import', REPORTER]
  const child = spawn(command, [...args, ...flags, BOOTSTRAP, ...program], {
    cwd: directory,
    env: { LANG: 'C.UTF-8', TERM: 'xterm-256color', ...env },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    detached: kinship.leadsGroup,
    windowsHide: true,
  })
  await once(child, 'spawn')
  return new ProgramProcess(child, kinship)
}

/** A running program and all that it has started. */
export class ProgramProcess implements UnboundedProgram {
  readonly pid: number
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  readonly events: Socket
  readonly exited: UnboundedProgram['exited']
  readonly #tree: ProcessTree
  #stopping: Promise<void> | undefined

  constructor(child: ChildProcess, kinship: Kinship) {
    const stdin = pipeOf(child, 0)
    this.pid = child.pid ?? 0
    this.stdin = stdin
    this.stdout = pipeOf(child, 1)
    this.stderr = pipeOf(child, 2)
    this.events = pipeOf(child, EVENTS_FD)
    this.#tree = new ProcessTree(this.pid, kinship)
    // A program may end, or close its input, before it has read all of it.
    stdin.on('error', () => undefined)
    this.exited = this.#end(child)
  }

  interrupt(): void {
    this.#tree.interrupt()
  }

  stop(graceMs: number): Promise<void> {
    this.#stopping ??= this.#stop(graceMs)
    return this.#stopping
  }

  async #stop(graceMs: number): Promise<void> {
    this.#tree.terminate()
    if (await resolvesWithin(this.exited, graceMs)) return
    await this.#tree.kill()
    if (await resolvesWithin(this.exited, LAST_OUTPUT_MS)) return
    // A process that hid from the tree still holds the pipes.
    for (const stream of [this.stdin, this.stdout, this.stderr, this.events]) stream.destroy()
    await this.exited
  }

  async #end(child: ChildProcess): UnboundedProgram['exited'] {
    const closed = once(child, 'close')
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
    // What the program leaves behind would hold its ports and its pipes; only then does its output end.
    await this.#tree.kill()
    await closed
    return { code, signal }
  }
}

function pipeOf(child: ChildProcess, fd: number): Socket {
  const stream = child.stdio[fd]
  if (!(stream instanceof Socket)) throw new TypeError(`File descriptor ${fd}: a pipe is required`)
  return stream
}
