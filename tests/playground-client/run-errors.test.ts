import { shallowRef } from 'vue'
import { describe, expect, test } from 'vitest'
import { RunErrors } from '../../playground/client/src/run-errors.ts'
import type { LineProblem } from '../../playground/client/src/use-source-file.ts'

const TRACE = `127.0.0.1 wrote:
Error: not today
    at MyTCPHandler.handle (file:///tmp/run/server.ts:6:11)
    at run (file:///tmp/run/lines.ts:3:1)
`

describe('hear()', () => {
  test('marks the innermost line of the files with the message of the error', () => {
    const { server, lines, errors } = program()
    errors.hear(Buffer.from(TRACE))
    expect(server.runErrors.value).toEqual([{ line: 6, message: 'Error: not today' }])
    expect(lines.runErrors.value).toEqual([])
  })

  test('finds a trace that arrives byte by byte', () => {
    const { server, errors } = program()
    for (const byte of Buffer.from(TRACE)) errors.hear(Uint8Array.of(byte))
    expect(server.runErrors.value).toEqual([{ line: 6, message: 'Error: not today' }])
  })

  test('finds each of several errors, a line once with its latest message', () => {
    const { server, errors } = program()
    errors.hear(Buffer.from('TypeError: a\n    at server.ts:2:1\nRangeError: b\n    at server.ts:4:1\n'))
    errors.hear(Buffer.from('TypeError: c\n    at server.ts:2:1\n'))
    expect(server.runErrors.value).toEqual([
      { line: 4, message: 'RangeError: b' },
      { line: 2, message: 'TypeError: c' },
    ])
  })

  test('keeps a message of several lines whole, without its colours', () => {
    const { server, errors } = program()
    errors.hear(Buffer.from('\x1b[31mError: first\nsecond\x1b[39m\n    at server.ts:2:1\n'))
    expect(server.runErrors.value).toEqual([{ line: 2, message: 'Error: first\nsecond' }])
  })

  test('ignores files that are not of the program, and lines without an end', () => {
    const { server, lines, errors } = program()
    errors.hear(Buffer.from('Error: x\n    at other.ts:2:1\n    at server.ts:'))
    for (let piece = 0; piece < 100; piece += 1) errors.hear(Buffer.from('1'.repeat(10_000)))
    expect([server.runErrors.value, lines.runErrors.value]).toEqual([[], []])
  })
})

describe('follow()', () => {
  test('marks the line of a syntax error that stopped a start', () => {
    const { lines, errors } = program()
    errors.follow({ name: 'could-not-start', message: 'lines.ts:3:7: Unexpected "="' })
    expect(lines.runErrors.value).toEqual([{ line: 3, message: 'Unexpected "="' }])
  })

  test('forgets the errors of the last run at the next start', () => {
    const { server, errors } = program()
    errors.hear(Buffer.from(TRACE))
    errors.follow({ name: 'connecting' })
    expect(server.runErrors.value).toEqual([])
  })
})

function program() {
  const server = { name: 'server.ts', runErrors: shallowRef<readonly LineProblem[]>([]) }
  const lines = { name: 'lines.ts', runErrors: shallowRef<readonly LineProblem[]>([]) }
  return { server, lines, errors: new RunErrors([server, lines]) }
}
