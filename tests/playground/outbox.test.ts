import { Outbox } from '@playground/protocol'
import { expect, test } from 'vitest'

const ROOMY_BYTES = 1_000_000

test('after() gives what was added after a number, with its numbers, in order', () => {
  const outbox = outboxOf(['a', 'b', 'c'])
  expect([...outbox.after(1)]).toEqual([
    [2, 'b'],
    [3, 'c'],
  ])
  expect([...outbox.after(3)]).toEqual([])
})

test('holdsAfter() is true from the last that was confirmed to the last that was added', () => {
  const outbox = outboxOf(['a', 'b', 'c', 'd'])
  outbox.confirm(2)
  expect([0, 1, 2, 3, 4, 5].map((number) => outbox.holdsAfter(number))).toEqual([
    false,
    false,
    true,
    true,
    true,
    false,
  ])
})

test('confirm() forgets no more than there is, and numbers go on', () => {
  const outbox = outboxOf(['a', 'b'])
  outbox.confirm(7)
  expect(outbox.add('c', 1)).toBe(3)
  expect([...outbox.after(2)]).toEqual([[3, 'c']])
})

test('past its limit an outbox forgets the oldest, and says so', () => {
  const outbox = new Outbox<string>(1000)
  for (const message of ['a', 'b', 'c']) outbox.add(message, 400)
  expect(outbox.holdsAfter(0)).toBe(false)
  expect(outbox.holdsAfter(2)).toBe(true)
  expect([...outbox.after(0)]).toEqual([[3, 'c']])
})

test('many empty messages fill an outbox too', () => {
  const outbox = new Outbox<string>(10_000)
  for (let count = 0; count < 1000; count += 1) outbox.add('', 0)
  expect([...outbox.after(0)].length).toBeLessThan(100)
})

function outboxOf(messages: string[]): Outbox<string> {
  const outbox = new Outbox<string>(ROOMY_BYTES)
  for (const message of messages) outbox.add(message, message.length)
  return outbox
}
