import { expect, test } from 'vitest'
import { retryDelay } from '../../playground/client/src/retry-delay.ts'

test.each([
  { attempt: 0, least: 250, most: 500 },
  { attempt: 1, least: 500, most: 1000 },
  { attempt: 4, least: 4000, most: 8000 },
  { attempt: 5, least: 5000, most: 10_000 },
  { attempt: 500, least: 5000, most: 10_000 },
])('retryDelay() of attempt $attempt is spread from $least to $most ms', ({ attempt, least, most }) => {
  const delays = Array.from({ length: 200 }, () => retryDelay(attempt))
  expect(Math.min(...delays)).toBeGreaterThanOrEqual(least)
  expect(Math.max(...delays)).toBeLessThanOrEqual(most)
  expect(Math.max(...delays) - Math.min(...delays)).toBeGreaterThan((most - least) / 2)
})
