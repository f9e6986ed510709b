import { expect, test } from 'vitest'
import { processTrees, serverFirst } from '../../playground/client/src/processes/process-tree.ts'
import type { Source } from '../../playground/client/src/timeline/source.ts'

function main(run: number): Source {
  return {
    run,
    pid: run,
    thread: 0,
    isMain: true,
    parentPid: 1,
    begunAt: 0,
    name: '',
    requests: 0,
    isEventLoop: false,
  }
}

test.each([
  { serverRuns: [], order: [4, 3, 2, 1] },
  { serverRuns: [1], order: [1, 4, 3, 2] },
  { serverRuns: [1, 3], order: [3, 4, 2, 1] },
  { serverRuns: [1, 9], order: [1, 4, 3, 2] },
])('serverFirst() puts the last of the runs $serverRuns before the others', ({ serverRuns, order }) => {
  const trees = serverFirst(processTrees([1, 2, 3, 4].map(main)), serverRuns)
  expect(trees.map(({ source }) => source.run)).toEqual(order)
})
