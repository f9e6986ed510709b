import { statfsSync } from 'node:fs'
import type { Limits } from '../../limits.ts'
import { countLimit } from '../../metrics.ts'
import { lowerPriority } from './lower-priority.ts'
import { ifGone, numbersIn, readProc, ticksOf } from './proc.ts'

const MIB = 1024 * 1024
const KIB = 1024
const LOOK_INTERVAL_MS = 200

/** While the agent says that nothing runs: a program may have made it say so. */
const REST_INTERVAL_MS = 500

/** Looking at many processes takes time; of the server's, a session gets no more than one part in so many. */
const LOOK_SHARE = 20

/** What Linux counts the time of processes in, everywhere that Node runs. */
const TICK_MS = 10

/** So much of one processor makes a session yield to others; a program that only starts needs less. */
const BUSY_SHARE = 0.75

/** So few can hold little, and Linux looks through its connections of all sandboxes to tell of them. */
const FEW_SOCKETS = 64

interface Watched {
  /** The first process of the sandbox, as long as there is one. */
  readonly initPid: number | undefined
}

/** Looks at what the kernel does not limit for a sandbox as a whole, and says so in words when it is too much. */
export class Watchdog {
  readonly #watched: Watched
  readonly #limits: Limits
  readonly #onExceeded: (reason: string) => void
  #timer: NodeJS.Timeout | undefined
  #ticks = new Map<string, number>()
  #lastLook = 0
  #intervalMs = LOOK_INTERVAL_MS

  constructor(watched: Watched, limits: Limits, onExceeded: (reason: string) => void) {
    this.#watched = watched
    this.#limits = limits
    this.#onExceeded = onExceeded
  }

  /** Called when a program starts. */
  watch(): void {
    this.#intervalMs = LOOK_INTERVAL_MS
    if (this.#timer !== undefined) return
    this.#lastLook = performance.now()
    this.#schedule(LOOK_INTERVAL_MS)
  }

  /** Nothing is said to run in the sandbox: many of them should cost little. */
  rest(): void {
    this.#intervalMs = REST_INTERVAL_MS
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #schedule(ms: number): void {
    this.#timer = setTimeout(() => {
      const begun = performance.now()
      this.#look()
      if (this.#timer === undefined) return
      this.#schedule(Math.max(this.#intervalMs, (performance.now() - begun) * LOOK_SHARE))
    }, ms)
  }

  #look(): void {
    const { initPid } = this.#watched
    if (initPid === undefined) return
    const root = `/proc/${initPid}/root`
    const processes = processesOf(root)
    const reason = this.#excessOf(processes, root, initPid)
    if (reason !== undefined) this.#onExceeded(reason)
    else if (this.#shareOf(processes) > BUSY_SHARE) lowerPriority(initPid)
  }

  #excessOf(processes: readonly ProcessUse[], root: string, initPid: number): string | undefined {
    const { sessionMemoryBytes, temporaryInodes, sessionSockets } = this.#limits
    const sockets = socketsOf(initPid)
    const ofProcesses = processes.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0)
    const memory = ofProcesses + (sockets > FEW_SOCKETS ? streamBytesOf(initPid) : 0)
    if (memory > sessionMemoryBytes) {
      countLimit('sessionMemoryBytes')
      return `The programs of this page used more than ${sessionMemoryBytes / MIB} MB of memory together`
    }
    if (inodesOf(`${root}/tmp`) + inodesOf(`${root}/dev/shm`) > temporaryInodes) {
      countLimit('temporaryInodes')
      return `The programs of this page made more than ${temporaryInodes} files`
    }
    if (sockets > sessionSockets) {
      countLimit('sessionSockets')
      return `The programs of this page opened more than ${sessionSockets} sockets`
    }
    return undefined
  }

  /** How many processors the sandbox has used since the last look. */
  #shareOf(processes: readonly ProcessUse[]): number {
    const now = performance.now()
    const elapsed = now - this.#lastLook
    const used = processes.reduce((sum, { pid, ticks }) => sum + ticks - (this.#ticks.get(pid) ?? 0), 0)
    this.#ticks = new Map(processes.map(({ pid, ticks }) => [pid, ticks]))
    this.#lastLook = now
    return (used * TICK_MS) / elapsed
  }
}

interface ProcessUse {
  pid: string
  memoryBytes: number
  ticks: number
}

/** By the sandbox's own /proc, which shows its processes and no others. */
function processesOf(root: string): ProcessUse[] {
  return numbersIn(`${root}/proc`).map((pid) => {
    const process = `${root}/proc/${pid}`
    return { pid, memoryBytes: memoryOf(process), ticks: ticksOf(process) }
  })
}

/** What is its own: the text of Node, which all share, would count once for each. Page tables are memory as well. */
function memoryOf(process: string): number {
  const amounts = statusOf(process).matchAll(/^(?:RssAnon|RssShmem|VmPTE|VmSwap):\s+(\d+) kB/gm)
  return [...amounts].reduce((sum, [, amount]) => sum + Number(amount) * KIB, 0)
}

/** A process whose first thread has ended shows its memory by its other threads alone. */
function statusOf(process: string): string {
  const status = readProc(`${process}/status`)
  if (!status.includes('\nState:\tZ')) return status
  const threads = numbersIn(`${process}/task`).map((thread) => readProc(`${process}/task/${thread}/status`))
  return threads.find((thread) => thread.includes('\nRssAnon:')) ?? ''
}

function socketsOf(initPid: number): number {
  return Number(/^sockets: used (\d+)/.exec(readProc(`/proc/${initPid}/net/sockstat`))?.[1] ?? 0)
}

/** What waits in the connections of TCP, whose buffers grow with it. */
function streamBytesOf(initPid: number): number {
  const tables = ['tcp', 'tcp6'].map((name) => readProc(`/proc/${initPid}/net/${name}`)).join('')
  const queues = tables.matchAll(/ ([0-9A-F]{8}):([0-9A-F]{8}) \d\d:/g)
  return [...queues].reduce((sum, [, sent = '', got = '']) => sum + parseInt(sent, 16) + parseInt(got, 16), 0)
}

function inodesOf(path: string): number {
  try {
    const { files, ffree } = statfsSync(path)
    return files - ffree
  } catch (error) {
    return ifGone(error, 0)
  }
}
