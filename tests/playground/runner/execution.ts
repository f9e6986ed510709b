import {
  openRunner,
  readLimits,
  type Program,
  type ProgramExit,
  type Runner,
  type Sandbox,
} from '@playground/server'
import { onTestFinished } from 'vitest'
import { until } from '../support.ts'

/** Whether this machine can wall programs; the tests of walls are left out where it cannot. */
export const CAN_WALL = await canWall()

/** A runner that is closed after the test, with limits that the test shortens. */
export async function openTestRunner(env: NodeJS.ProcessEnv = {}): Promise<Runner> {
  const runner = await openRunner(env, readLimits(env))
  onTestFinished(() => runner.close())
  return runner
}

/** The sandbox of one session, of a runner of its own. */
export async function openSandbox(env: NodeJS.ProcessEnv = {}): Promise<Sandbox> {
  return (await openTestRunner(env)).open()
}

interface StartOptions {
  arguments?: string[]
  files?: Record<string, string>
}

let lastRun = 0

/** Starts JavaScript in a sandbox, and reads what it prints. */
export async function start(sandbox: Sandbox, code: string, options: StartOptions = {}): Promise<Execution> {
  lastRun += 1
  const files = { 'program.js': code, ...options.files }
  const modules = Object.entries(files).map(([name, text]) => ({ name, code: text }))
  const events: unknown[] = []
  const program = await sandbox.start({
    run: lastRun,
    modules,
    entry: 'program.js',
    arguments: options.arguments ?? [],
    onEvent: (event) => {
      // Every program tells when it begins.
      if (event.type !== 'activity') events.push(event)
    },
  })
  return new Execution(program, events)
}

/** Runs JavaScript to its end, and returns what it printed. */
export async function outputOf(sandbox: Sandbox, code: string, options: StartOptions = {}): Promise<string> {
  const execution = await start(sandbox, code, options)
  await execution.exited
  return execution.output
}

export class Execution {
  readonly program: Program
  readonly events: readonly unknown[]
  readonly exited: Promise<ProgramExit>
  output = ''
  outputBytes = 0

  constructor(program: Program, events: readonly unknown[]) {
    this.program = program
    this.events = events
    this.exited = program.exited
    for (const stream of [program.stdout, program.stderr]) {
      stream.on('data', (data: Buffer) => {
        this.outputBytes += data.length
        // Of a flood the end will do.
        this.output = (this.output + data.toString()).slice(-100_000)
      })
    }
  }

  async printed(text: string, timeoutMs?: number): Promise<void> {
    await until(() => this.output.includes(text), timeoutMs)
  }
}

async function canWall(): Promise<boolean> {
  const runner = await openRunner({}, readLimits({}))
  await runner.close()
  return runner.isolation.kind === 'sandbox'
}
