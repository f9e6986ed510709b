import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/** Most tests wait for programs to start and for sockets, more than they compute. */
const MIN_WORKERS = 2

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    exclude: ['tests/e2e/**'],
    // The closing lines of `npm test` name each test that needed its second attempt.
    retry: 1,
    maxWorkers: Math.max(MIN_WORKERS, availableParallelism() - 1),
  },
})
