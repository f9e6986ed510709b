import type { WorkerOptions } from 'node:worker_threads'
import { execArguments } from '../../processes/parent/exec-arguments.ts'
import type { ThreadData } from '../messages.ts'

/** How every thread is started: with the flags and arguments of the program, as its modules expect them. */
export function workerOptions(data: ThreadData): WorkerOptions {
  return { workerData: data, argv: process.argv.slice(2), execArgv: execArguments(process.execArgv) }
}
