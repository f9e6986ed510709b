import { expect, test } from 'vitest'
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
