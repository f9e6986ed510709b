import type { ClientMessage } from '@playground/protocol'
import { expect, test } from 'vitest'
import { OutgoingMessages } from '../../playground/client/src/outgoing-messages.ts'

const input = (run: number, data: string): ClientMessage => ({ type: 'input', run, data })

test('what is typed before it goes out is one message, and keeps its place among the others', () => {
  const outgoing = new OutgoingMessages()
  for (let line = 0; line < 10_000; line += 1) outgoing.add(input(1, 'x\n'))
  outgoing.add({ type: 'end-input', run: 1 })
  outgoing.add(input(1, 'late\n'))
  expect([...outgoing.take()]).toEqual([
    [1, input(1, 'x\n'.repeat(10_000))],
    [2, { type: 'end-input', run: 1 }],
    [3, input(1, 'late\n')],
  ])
  expect([...outgoing.take()]).toEqual([])
})

test('what is typed to two programs is not mixed', () => {
  const outgoing = new OutgoingMessages()
  for (const message of [input(1, 'a'), input(2, 'b'), input(1, 'c')]) outgoing.add(message)
  expect([...outgoing.take()].map(([, message]) => message)).toEqual([
    input(1, 'a'),
    input(2, 'b'),
    input(1, 'c'),
  ])
})

test('a large paste goes out in pieces, none of which ends in half a character', () => {
  const outgoing = new OutgoingMessages()
  const text = `x${'😀'.repeat(50_000)}`
  outgoing.add(input(1, text))
  const pieces = [...outgoing.take()].map(([, message]) => (message.type === 'input' ? message.data : ''))
  expect(pieces.length).toBeGreaterThan(1)
  expect(pieces.join('')).toBe(text)
  for (const piece of pieces) expect(Buffer.from(piece).toString()).toBe(piece)
  for (const piece of pieces) expect(JSON.stringify(piece).length).toBeLessThan(256 * 1024)
})

test('add() refuses input when a megabyte of it waits, and nothing else', () => {
  const outgoing = new OutgoingMessages()
  expect(outgoing.add(input(1, 'x'.repeat(1024 * 1024)))).toBe(true)
  expect(outgoing.add(input(1, 'x'))).toBe(false)
  expect(outgoing.add({ type: 'stop', run: 1 })).toBe(true)
})

test('after() gives what the server has not confirmed, until it does', () => {
  const outgoing = new OutgoingMessages()
  for (const data of ['a', 'b', 'c']) {
    outgoing.add(input(1, data))
    expect([...outgoing.take()]).toHaveLength(1)
  }
  expect([...outgoing.after(1)]).toEqual([
    [2, input(1, 'b')],
    [3, input(1, 'c')],
  ])
  outgoing.confirm(3)
  expect([...outgoing.after(3)]).toEqual([])
})

test('clear() begins a new session: numbers begin again', () => {
  const outgoing = new OutgoingMessages()
  outgoing.add(input(1, 'a'))
  expect([...outgoing.take()]).toHaveLength(1)
  outgoing.add(input(1, 'never sent'))
  outgoing.clear()
  outgoing.add({ type: 'stop', run: 2 })
  expect([...outgoing.take()]).toEqual([[1, { type: 'stop', run: 2 }]])
})
