import { expect, test } from 'vitest'
import { parseRecording } from '../../playground/client/src/static-copy/recording.ts'
import { beyondSimulation } from '../../playground/client/src/static-copy/simulation-limits.ts'

test.each([
  ["import { TCPServer } from 'socketserver-ts'", undefined],
  ["import { setTimeout } from 'node:timers/promises'\nimport { inspect } from 'node:util'", undefined],
  ["import type { Socket } from 'node:net'", undefined],
  ["import { words } from './words.ts'", undefined],
  ['// a ThreadingTCPServer would do too\nnew TCPServer(address, Handler)', undefined],
  ['new ThreadingTCPServer(address, Handler)', 'threads'],
  ['class Server extends ThreadingMixIn(TCPServer) {}', 'threads'],
  ['await serveInThread(server)', 'threads'],
  ['new ForkingUDPServer(address, Handler)', 'child processes'],
  ["await this.fork('count', limit)", 'child processes'],
  ['new UnixStreamServer(path, Handler)', 'Unix sockets'],
  ['const response = await fetch(url)', 'fetch()'],
  ["import { readFile } from 'node:fs/promises'", 'the module node:fs/promises'],
  ["const net = await import('node:net')", 'the module node:net'],
])('beyondSimulation() of %j is %j', (source, needs) => {
  expect(beyondSimulation(source)).toBe(needs)
})

test('a recording is parsed, and what is none is refused', () => {
  const recording = {
    server: 'race.ts',
    client: 'race-client.ts',
    recordedOn: '2026-11-22',
    sourcesSha256: 'abc',
    messages: [
      [0, { type: 'started', run: 1, pid: 7 }],
      [12, { type: 'start', run: 2, arguments: ['hello'] }],
      [3, { type: 'output', run: 2, stream: 'stdout', text: 'Sent: hello\n' }],
    ],
  }
  expect(parseRecording(recording)).toEqual(recording)
  for (const wrong of [
    { recordedOn: 'yesterday' },
    { server: '../race.ts' },
    { messages: [[0, { type: 'eval', run: 1 }]] },
    { messages: [[-1, { type: 'started', run: 1, pid: 7 }]] },
  ]) {
    expect(() => parseRecording({ ...recording, ...wrong })).toThrow()
  }
})
