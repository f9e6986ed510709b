import { constants, setPriority } from 'node:os'
import { numbersIn, readProc, ticksOf } from './proc.ts'

/** More than a Node needs to start: the spare of the sandbox stays as it is, and what busy processes start inherits. */
const BUSY_TICKS = 20

const { PRIORITY_LOW } = constants.priority

/** Lets the busy processes of a sandbox yield to everything else on the machine, for as long as they live. */
export function lowerPriority(initPid: number): void {
  const [agent] = childrenOf(initPid)
  if (agent === undefined) return
  for (const pid of descendantsOf(initPid)) {
    if (pid === agent || ticksOf(`/proc/${pid}`) < BUSY_TICKS) continue
    for (const thread of numbersIn(`/proc/${pid}/task`)) yieldIfAlive(Number(thread))
  }
}

function yieldIfAlive(thread: number): void {
  try {
    setPriority(thread, PRIORITY_LOW)
  } catch (error) {
    const errno = error instanceof Error && 'errno' in error ? error.errno : undefined
    // It has ended by now.
    if (errno !== -constants.errno.ESRCH) throw error
  }
}

function descendantsOf(pid: number): string[] {
  const found = childrenOf(pid)
  // It grows while it is gone through, until nothing in it has a child that is new.
  for (const process of found) found.push(...childrenOf(Number(process)))
  return found
}

function childrenOf(pid: number): string[] {
  return numbersIn(`/proc/${pid}/task`).flatMap((thread) =>
    readProc(`/proc/${pid}/task/${thread}/children`)
      .split(' ')
      .filter((child) => child !== ''),
  )
}
