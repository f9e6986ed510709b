import { readdirSync, readFileSync } from 'node:fs'

/** The text of a file about a process; empty if the process is gone, as processes may be while they are looked at. */
export function readProc(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch (error) {
    return ifGone(error, '')
  }
}

/** The numbers in a directory that is about processes or threads. */
export function numbersIn(path: string): string[] {
  try {
    return readdirSync(path).filter((name) => /^\d+$/.test(name))
  } catch (error) {
    return ifGone(error, [])
  }
}

/** How much of a processor a process has used, in hundredths of a second, by its directory. */
export function ticksOf(process: string): number {
  const stat = readProc(`${process}/stat`)
  // The name, in parentheses, may hold anything; user and system time are the 12th and 13th field after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return Number(fields[11] ?? 0) + Number(fields[12] ?? 0)
}

export function ifGone<T>(error: unknown, value: T): T {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES') return value
  throw error
}
