import { writeFileSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { numbersIn, readProc, ticksOf } from './proc.ts'

/** More than a Node needs to start: the spare of the sandbox stays as it is, and what busy processes start inherits. */
const BUSY_TICKS = 20

const { PRIORITY_LOW } = constants.priority

/** Lets the busy processes of a sandbox yield to everything else on the machine, for as long as they live. */
export function lowerPriority(initPid: number): void {
  const [agent] = childrenOf(initPid)
  if (agent === undefined) return
  const groups = new Set([groupOf(agent)])
  for (const pid of descendantsOf(initPid)) {
    if (pid === agent || ticksOf(`/proc/${pid}`) < BUSY_TICKS) continue
    for (const thread of numbersIn(`/proc/${pid}/task`))
      attempt(() => setPriority(Number(thread), PRIORITY_LOW))
    const group = groupOf(pid)
    if (groups.has(group)) continue
    groups.add(group)
    // Where Linux shares the processors out among sessions of processes first, a priority counts only within one.
    attempt(() => writeFileSync(`/proc/${pid}/autogroup`, `${PRIORITY_LOW}`))
  }
}

function groupOf(pid: string): string {
  return readProc(`/proc/${pid}/autogroup`).split(' ')[0] ?? ''
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

/** A process may be gone by now, and Linux lets an ordinary user change a group only ten times a second. */
function attempt(change: () => void): void {
  try {
    change()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (!['ESRCH', 'ENOENT', 'EAGAIN', 'EACCES', 'EPERM', 'ERR_SYSTEM_ERROR'].includes(String(code)))
      throw error
  }
}
