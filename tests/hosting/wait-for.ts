import { setTimeout } from 'node:timers/promises'

const TIMEOUT_MS = 10_000
const INTERVAL_MS = 10

/** Resolves when the condition holds, or rejects after 10 s. Walkthroughs use it too, so it is nothing of Vitest's. */
export async function waitFor(condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Still false after 10 s: ${condition.toString()}`)
    await setTimeout(INTERVAL_MS)
  }
}
