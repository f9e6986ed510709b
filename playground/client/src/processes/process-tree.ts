import type { Source } from '../timeline/source.ts'

/** A process with its threads and its children. */
export interface ProcessNode {
  readonly source: Source
  readonly threads: readonly Source[]
  readonly children: readonly ProcessNode[]
}

/** The process that each run has begun with, the newest first, and what came of it. */
export function processTrees(sources: readonly Source[]): ProcessNode[] {
  const processes = sources.filter(({ thread }) => thread === 0)
  const nodeOf = (source: Source): ProcessNode => ({
    source,
    threads: sources.filter(({ run, pid, thread }) => run === source.run && pid === source.pid && thread > 0),
    children: processes
      .filter(({ run, parentPid, isMain }) => run === source.run && parentPid === source.pid && !isMain)
      .map(nodeOf),
  })
  return processes
    .filter(({ isMain }) => isMain)
    .map(nodeOf)
    .reverse()
}

/** The last run of the playground's own server before all others, which stay in their order. */
export function serverFirst(trees: readonly ProcessNode[], serverRuns: readonly number[]): ProcessNode[] {
  const own = Math.max(...trees.map(({ source }) => source.run).filter((run) => serverRuns.includes(run)))
  return trees.toSorted((one, other) => Number(other.source.run === own) - Number(one.source.run === own))
}
