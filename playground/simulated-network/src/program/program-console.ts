import { process } from '../node/process.ts'
import { format, inspect } from './inspect.ts'

const begunMs = new Map<string, number>()

function print(...args: unknown[]): void {
  process.stdout.write(`${format(...args)}\n`)
}

function complain(...args: unknown[]): void {
  process.stderr.write(`${format(...args)}\n`)
}

/** Writes to the program's terminal, and not to the tools of the browser. */
export const programConsole = {
  log: print,
  info: print,
  debug: print,
  error: complain,
  warn: complain,
  trace: complain,
  dir: (value: unknown): void => print(inspect(value)),
  table: (value: unknown): void => print(inspect(value)),
  assert: (condition: unknown, ...args: unknown[]): void => {
    if (!condition) complain('Assertion failed', ...args)
  },
  time: (label = 'default'): void => {
    begunMs.set(label, performance.now())
  },
  timeEnd: (label = 'default'): void => {
    print(`${label}: ${(performance.now() - (begunMs.get(label) ?? performance.now())).toFixed(3)}ms`)
    begunMs.delete(label)
  },
}
