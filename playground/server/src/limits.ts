import { MAX_MESSAGE_BYTES, OUTPUT_HIGH_WATER_BYTES } from '@playground/protocol'
import * as v from 'valibot'

const KIB = 1024
const MIB = 1024 * KIB
const MINUTE_MS = 60_000
const UNLIMITED = Infinity

/**
 * Every number that bounds a session, a run or the server, as it is on a reader's own machine. Each can be set by an
 * environment variable: `sessionMemoryBytes` by `PLAY_SESSION_MEMORY_BYTES`, to a whole number or `unlimited`.
 */
const LOCAL = {
  /** The old space of V8 in each process of a sandbox. */
  oldSpaceBytes: 192 * MIB,
  /** RLIMIT_DATA of each process of a sandbox, where Node can be started with one. */
  processDataBytes: 512 * MIB,
  /** RssAnon and RssShmem of all processes of a sandbox together; past it the watchdog ends the session. */
  sessionMemoryBytes: 512 * MIB,
  /** RLIMIT_NPROC of a sandbox: its processes and threads together, of which a Node has about 11. */
  sessionProcesses: 256,
  /** RLIMIT_NOFILE of each process of a sandbox. */
  processDescriptors: 1024,
  /** Sockets of all processes of a sandbox: their buffers are memory of the kernel that no process shows. */
  sessionSockets: 4096,
  /** The file system at /tmp of a sandbox, the only one that programs can write to. */
  temporaryBytes: 64 * MIB,
  /** RLIMIT_FSIZE of each process of a sandbox. */
  fileBytes: 64 * MIB,
  /** Files and directories at /tmp of a sandbox: they are memory of the kernel too. */
  temporaryInodes: 20_000,
  /** The file system at /dev/shm of a sandbox. */
  sharedMemoryBytes: 16 * MIB,

  /** A program is paused while this much of its output waits for its page. */
  outputWaitingBytes: OUTPUT_HIGH_WATER_BYTES,
  /**
   * Output past these is slowed down, and stopped. A reader's own machine needs neither: the page's pace bounds the
   * memory, and printing 100 MB harms nobody else.
   */
  outputBytesPerSecond: UNLIMITED,
  outputBytesPerRun: UNLIMITED,
  /** What the programs of a run may say of themselves through the event channel: past these it waits, and is dropped. */
  eventBytesPerSecond: 256 * KIB,
  eventBytesPerRun: 64 * MIB,
  runsPerSession: 8,
  /** What it may take to make JavaScript of the files of a run: the time for all of them, and RLIMIT_DATA for each. */
  transpileMs: 5000,
  transpileDataBytes: 192 * MIB,
  /** From SIGTERM to SIGKILL when the page stops a run. */
  stopGraceMs: 1500,
  /** The same when the page is gone: everything that it started is gone within two seconds. */
  closeGraceMs: 1000,

  messageBytes: MAX_MESSAGE_BYTES,
  messagesPerSecond: 50,
  headersTimeoutMs: 5000,
  /** A page that has not answered a ping when the next one is due has lost its connection. */
  pingIntervalMs: 15_000,
  /** What is kept for a page that is away: what each run may have waiting, and what comes with it. */
  replayBytes: 9 * MIB,
  /** A page that is gone may come back to its running programs within this time. */
  resumeGraceMs: 30_000,
  /** A session of which nothing is heard for so long is closed. */
  idleMs: UNLIMITED,
  sessions: 8,
  sessionsPerAddress: UNLIMITED,
  /** Sandboxes that are started before a session asks for one. */
  warmSandboxes: 2,
}

/** What differs on a server that strangers reach, with PLAY_HOSTED=1. */
const HOSTED: Partial<Limits> = {
  sessionSockets: 1024,
  outputBytesPerSecond: MIB,
  outputBytesPerRun: 16 * MIB,
  idleMs: 10 * MINUTE_MS,
  sessionsPerAddress: 4,
}

export type Limits = Readonly<Record<keyof typeof LOCAL, number>>

const PREFIX = 'PLAY_'

/** A timer of Node that is set for longer fires at once. */
const MAX_MS = 2_147_483_647

/** What must come to an end: a grace, a wait, or the making of sandboxes. */
const NEVER_UNLIMITED: ReadonlySet<keyof Limits> = new Set([
  'transpileMs',
  'stopGraceMs',
  'closeGraceMs',
  'headersTimeoutMs',
  'pingIntervalMs',
  'resumeGraceMs',
  'warmSandboxes',
])

const wholeNumber = v.pipe(v.string(), v.regex(/^[1-9]\d{0,14}$/), v.transform(Number))
const milliseconds = v.pipe(wholeNumber, v.maxValue(MAX_MS))
const unlimited = v.pipe(
  v.literal('unlimited'),
  v.transform(() => UNLIMITED),
)

/** @throws {RangeError} if a variable holds something else than a whole number above 0 or, for most, `unlimited`. */
export function readLimits(env: NodeJS.ProcessEnv): Limits {
  const limits = isHosted(env) ? { ...LOCAL, ...HOSTED } : { ...LOCAL }
  for (const name of Object.keys(LOCAL) as (keyof typeof LOCAL)[]) {
    const variable = PREFIX + name.replace(/[A-Z]/g, '_$&').toUpperCase()
    const text = env[variable]
    if (text === undefined) continue
    const isTime = name.endsWith('Ms')
    const number = isTime ? milliseconds : wholeNumber
    const canBeUnlimited = !NEVER_UNLIMITED.has(name)
    const result = v.safeParse(canBeUnlimited ? v.union([number, unlimited]) : number, text)
    if (!result.success) {
      const required = `a whole number above 0${isTime ? ` and up to ${MAX_MS}` : ''}`
      const alternative = canBeUnlimited ? ', or "unlimited",' : ''
      throw new RangeError(`Cannot set ${variable} to "${text}": ${required}${alternative} is required`)
    }
    limits[name] = result.output
  }
  return limits
}

/**
 * Whether strangers reach the server: then it walls readers' programs, or does not start.
 * @throws {RangeError} if the variable holds another word for it, which must not mean no
 */
export function isHosted(env: NodeJS.ProcessEnv): boolean {
  const { [`${PREFIX}HOSTED`]: text = '0' } = env
  if (text === '0' || text === '1') return text === '1'
  throw new RangeError(`Cannot set ${PREFIX}HOSTED to "${text}": 0 or 1 is required`)
}
