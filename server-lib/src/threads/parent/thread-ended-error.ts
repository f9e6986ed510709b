import { SocketServerError } from '../../errors.ts'

/** What those get that wait for a thread which has ended without a word, by `process.exit()` for example. */
export function threadEndedError(name: string, exitCode: number, before: string): SocketServerError {
  return new SocketServerError(
    'ERR_THREAD_ENDED',
    `${name} ended with exit code ${exitCode} before ${before}`,
  )
}
