import { readdirSync, readFileSync } from 'node:fs'

/** Whether a process runs; one that has ended and was not reaped yet does not. */
export function isRunning(pid: number): boolean {
  const stat = read(`/proc/${pid}/stat`)
  return stat !== null && stateOf(stat) !== 'Z'
}

/** The children of this library that a process has. */
export function childrenOf(parent: number = process.pid): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      const stat = read(`/proc/${name}/stat`)
      const isChild = stat !== null && stateOf(stat) !== 'Z' && Number(fieldsOf(stat)[1]) === parent
      return isChild && (read(`/proc/${name}/cmdline`) ?? '').includes('/processes/child/')
    })
    .map(Number)
}

// The name of the program stands in parentheses, and may hold spaces.
function fieldsOf(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

function stateOf(stat: string): string | undefined {
  return fieldsOf(stat)[0]
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // The process has ended.
    return null
  }
}
