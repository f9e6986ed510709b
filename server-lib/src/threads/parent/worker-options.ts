import type { WorkerOptions } from 'node:worker_threads'
import { execArguments } from '../../processes/parent/exec-arguments.ts'
import type { ThreadData } from '../messages.ts'

/** Flags that say how modules are loaded, with their values; Node refuses flags of V8 in a list of a thread's own. */
const OF_MODULES =
  /^(--import|--require|-r|--loader|--experimental-loader|--conditions|-C|--enable-source-maps)\b/

/** How every thread is started: with the flags and arguments of the program, as its modules expect them. */
export function workerOptions(data: ThreadData): WorkerOptions {
  const options: WorkerOptions = { workerData: data, argv: process.argv.slice(2) }
  const flags = execArguments(process.execArgv)
  // Flags that all apply to a thread are inherited, those of V8 among them.
  if (flags.length === process.execArgv.length) return options
  const isOfModules = (flag: string, index: number) =>
    OF_MODULES.test(flag) || (!flag.startsWith('-') && OF_MODULES.test(flags[index - 1] ?? ''))
  return { ...options, execArgv: flags.filter(isOfModules) }
}
