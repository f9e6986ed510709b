import { expect, test } from 'vitest'
import type { ServerRun } from '../../playground/client/src/timeline/activity-model.ts'
import { comparisonResult } from '../../playground/client/src/timeline/comparison-result.ts'
import type { RequestLane } from '../../playground/client/src/timeline/request-lane.ts'
import { panned, ticksOf, zoomed } from '../../playground/client/src/timeline/time-window.ts'
import { serverVariants } from '../../playground/client/src/timeline/server-variants.ts'

const BOUNDS = { from: 0, to: 1000 }

test('zoomed() keeps the time under the pointer where it is, and stays within what there is', () => {
  expect(zoomed(BOUNDS, BOUNDS, 0.5, 250)).toEqual({ from: 125, to: 625 })
  expect(zoomed({ from: 0, to: 500 }, BOUNDS, 4, 100)).toEqual(BOUNDS)
})

test('panned() stops at the ends', () => {
  expect(panned({ from: 100, to: 300 }, BOUNDS, -1)).toEqual({ from: 0, to: 200 })
  expect(panned({ from: 700, to: 900 }, BOUNDS, 1)).toEqual({ from: 800, to: 1000 })
})

test('ticksOf() gives round times', () => {
  expect(ticksOf({ from: 130, to: 1130 }, 100, 5)).toEqual([300, 500, 700, 900, 1100])
})

test('serverVariants() exchanges the class and the port, exports classes, and leaves mix-ins alone', () => {
  const source = "class Handler extends X {}\nnew TCPServer({ host: 'localhost', port: 9999 }, Handler)"
  const sources = serverVariants({ name: 'a.ts', source }).map(({ file }) => file.source)
  expect(sources).toHaveLength(4)
  expect(sources[2]).toBe(
    "export class Handler extends X {}\nnew ForkingTCPServer({ host: 'localhost', port: 0 }, Handler)",
  )
  expect(serverVariants({ name: 'a.ts', source: 'ThreadingMixIn(TCPServer)' })).toEqual([])
  expect(serverVariants({ name: 'a.ts', source: 'UDPServer' })).toEqual([])
})

function lane(number: number, times: Partial<RequestLane>): RequestLane {
  const outcome = times.finishedAt === undefined ? 'open' : 'finished'
  return { number, run: 1, client: '', acceptedAt: 0, outcome, receivedBytes: 0, sentBytes: 0, ...times }
}

function serverWith(lanes: RequestLane[]): ServerRun {
  return { run: 1, address: '', classes: [], lanes, sources: new Set(), from: 1000, to: 501_000 }
}

test('comparisonResult() measures until the reply, of all clients but the one that is silent', () => {
  const result = comparisonResult(
    serverWith([
      lane(1, { connectAt: 1000, acceptedAt: 1100, startedAt: 1200, finishedAt: 500_000 }),
      // Begun at once, and computed late.
      lane(2, {
        connectAt: 50_000,
        acceptedAt: 50_200,
        startedAt: 50_300,
        repliedAt: 90_000,
        finishedAt: 95_000,
      }),
      // Connected long before it is accepted.
      lane(3, {
        connectAt: 51_000,
        acceptedAt: 95_000,
        startedAt: 95_100,
        finishedAt: 140_000,
        closedAt: 400_000,
      }),
    ]),
  )
  expect(result).toMatchObject({ totalUs: 500_000, throughput: 6, longestReplyUs: 89_000 })
})

test('comparisonResult() has no result before a request is known, and counts one without a reply until the end', () => {
  expect(comparisonResult(serverWith([]))).toBeUndefined()
  const lanes = [lane(1, { acceptedAt: 1000 }), lane(2, { acceptedAt: 101_000 })]
  expect(comparisonResult(serverWith(lanes))?.longestReplyUs).toBe(400_000)
})
