import { expect, test } from 'vitest'
import { Fifo } from '../../server-lib/src/sockets/fifo.ts'

test('gives back in order what was pushed, however long the line is and whether it is ever empty', () => {
  for (const most of [1, 3, 5000]) {
    const line = new Fifo<number>()
    let [pushed, shifted] = [0, 0]
    while (shifted < 20_000) {
      while (line.size < most) line.push(pushed++)
      expect(line.first).toBe(shifted)
      expect(line.at(most - 1)).toBe(pushed - 1)
      // Down to one, or to none.
      for (let left = most > 1 ? shifted % 2 : 0; line.size > left; shifted++)
        expect(line.shift()).toBe(shifted)
    }
  }
  expect(new Fifo().shift()).toBeUndefined()
})

test('an item that is taken out of the middle leaves the others in order', () => {
  const line = new Fifo<string>()
  for (const item of ['gone', 'a', 'b', 'c']) line.push(item)
  line.shift()
  line.remove('b')
  line.remove('gone')
  line.push('d')
  expect([line.size, line.shift(), line.shift(), line.shift(), line.shift()]).toEqual([
    3,
    'a',
    'c',
    'd',
    undefined,
  ])
})
