import { addHandle, removeHandle } from '../handles.ts'
import { EventEmitter } from './events.ts'
import { Input } from '../program/input.ts'

const MS_PER_SECOND = 1000
const NANOSECONDS_PER_MS = 1_000_000

type Write = (stream: 'stdout' | 'stderr', data: Uint8Array) => void

/** Standard output or standard error. */
class Output extends EventEmitter {
  readonly isTTY = false
  readonly writable = true
  readonly writableLength = 0
  write: (data: Uint8Array | string, ...rest: unknown[]) => boolean

  constructor(write: (data: Uint8Array) => void) {
    super()
    this.write = (data, ...rest) => {
      write(typeof data === 'string' ? new TextEncoder().encode(data) : data)
      const written = rest.find((value) => typeof value === 'function')
      if (written !== undefined) queueMicrotask(() => void Reflect.apply(written, undefined, []))
      return true
    }
  }
}

/** What the library and readers' programs use of Node's process. */
class Process extends EventEmitter {
  readonly platform = 'linux'
  readonly version = 'v20.0.0'
  readonly versions = { node: '20.0.0' }
  readonly features = {}
  readonly env: Record<string, string | undefined> = {}
  readonly execArgv: string[] = []
  readonly ppid = 1
  readonly stdout = new Output((data) => this.#write('stdout', data))
  readonly stderr = new Output((data) => this.#write('stderr', data))
  readonly stdin = new Input({ begin: addHandle, end: removeHandle })
  pid = 0
  argv: string[] = ['node']
  exitCode: number | undefined
  #exit: (code: number) => void = () => undefined
  #write: Write = () => undefined

  /** Called before the program runs; `exit` must end it. */
  begin(pid: number, argv: string[], write: Write, exit: (code: number) => void): void {
    this.pid = pid
    this.argv = argv
    this.#write = write
    this.#exit = exit
  }

  exit(code: number = this.exitCode ?? 0): never {
    this.exitCode = code
    this.emit('exit', code)
    this.#exit(code)
    // Ends what runs; nobody hears of it any more.
    throw new Error(`Exit ${code}`)
  }

  nextTick(action: (...args: unknown[]) => void, ...args: unknown[]): void {
    queueMicrotask(() => action(...args))
  }

  readonly hrtime = Object.assign(
    (since: [number, number] = [0, 0]): [number, number] => {
      const now = this.hrtime.bigint() - (BigInt(since[0]) * 1_000_000_000n + BigInt(since[1]))
      return [Number(now / 1_000_000_000n), Number(now % 1_000_000_000n)]
    },
    {
      /** Of the clock that all programs of the page share. */
      bigint: (): bigint => {
        const ms = performance.timeOrigin + performance.now()
        const seconds = Math.floor(ms / MS_PER_SECOND)
        const rest = Math.floor((ms - seconds * MS_PER_SECOND) * NANOSECONDS_PER_MS)
        return BigInt(seconds) * 1_000_000_000n + BigInt(rest)
      },
    },
  )

  cwd(): string {
    return '/'
  }

  uptime(): number {
    return performance.now() / MS_PER_SECOND
  }

  hasUncaughtExceptionCaptureCallback(): boolean {
    return false
  }
}

export const process = new Process()
