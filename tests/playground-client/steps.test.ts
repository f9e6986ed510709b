import { describe, expect, test } from 'vitest'
import { CheckResults, verdictOf } from '../../playground/client/src/steps/check-results.ts'
import { MeasuredValue } from '../../playground/client/src/steps/measured-value.ts'

const FAILING = `begin 1 - the first
ok 1 - the first
begin 2 - the second
not ok 2 - the second
  sent: "hello\\n"
  received: nothing, then the end: of the connection
begin 3 - the third
`

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

function resultsOf(text: string): CheckResults {
  const results = new CheckResults()
  results.hear(bytes(text))
  return results
}

describe('CheckResults', () => {
  const expected = [
    { number: 1, name: 'the first', outcome: 'passed', details: [] },
    {
      number: 2,
      name: 'the second',
      outcome: 'failed',
      details: [
        { title: 'sent', text: '"hello\\n"' },
        { title: 'received', text: 'nothing, then the end: of the connection' },
      ],
    },
    { number: 3, name: 'the third', outcome: 'running', details: [] },
  ]

  test('hold the checks in order, with what those that failed tell', () => {
    expect(resultsOf(FAILING).results).toEqual(expected)
  })

  test('are the same however the output is cut', () => {
    const results = new CheckResults()
    for (const byte of bytes(FAILING)) results.hear(Uint8Array.of(byte))
    expect(results.results).toEqual(expected)
  })

  test.each([
    ['an end without its beginning', 'ok 1 - forged\n'],
    ['another name at the end', 'begin 1 - one\nok 1 - another\n'],
    ['a number that is not the next', 'begin 2 - two\nok 2 - two\n'],
    ['a check that begins within another', 'begin 1 - one\nbegin 2 - two\nok 2 - two\n'],
    ['text before the result', 'begin 1 - one\n> ok 1 - one\n'],
  ])('do not count %s', (_, text) => {
    expect(resultsOf(text).results.filter(({ outcome }) => outcome !== 'running')).toEqual([])
  })

  test('take no more after a flood', () => {
    const results = resultsOf('x'.repeat(100_000))
    results.hear(bytes('\nbegin 1 - one\nok 1 - one\n'))
    expect(results.results).toEqual([])
  })
})

describe('verdictOf()', () => {
  const pass = 'begin 1 - one\nok 1 - one\n'

  test.each([
    ['Solved: the check passes', pass, true],
    ['Solved: all 2 checks pass', `${pass}begin 2 - two\nok 2 - two\n`, true],
    ['Not yet: 1 of 2 checks fails', `${pass}begin 2 - two\nnot ok 2 - two\n`, false],
    ['No result: the check itself has failed. Error: broken', pass, false],
    ['No result: the check itself has failed. Error: broken', FAILING, false],
    ['No result: the check itself has failed. Error: broken', '', true],
  ])('says %j', (text, output, succeeded) => {
    const verdict = verdictOf(resultsOf(output).results, { succeeded, complaint: 'Error: broken' })
    expect(verdict).toEqual({ text, isSolved: text.startsWith('Solved') })
  })
})

describe('MeasuredValue', () => {
  test('is the number that was printed, with the time', () => {
    const value = new MeasuredValue()
    value.hear(bytes('measured: 12.5 a'))
    expect(value.measured).toBeUndefined()
    value.hear(bytes('t 4000\n'))
    expect(value.measured).toEqual({ value: 12.5, at: 4000 })
  })

  test('is known on the clock of a simulated program, which counts from 1970', () => {
    const value = new MeasuredValue()
    value.hear(bytes('measured: 7 at 1795391920210500\n'))
    expect(value.measured).toEqual({ value: 7, at: 1_795_391_920_210_500 })
  })

  test.each(['measured: NaN at 1', 'measured: 1', 'measured: -1 at 1', 'so measured: 1 at 1'])(
    'is none for %j',
    (line) => {
      const value = new MeasuredValue()
      value.hear(bytes(`${line}\n`))
      expect(value.measured).toBeUndefined()
    },
  )
})
