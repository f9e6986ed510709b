import { vi } from 'vitest'

/** Resolves when the condition holds, or rejects after 10 s. */
export async function waitFor(condition: () => Promise<boolean>): Promise<void> {
  await vi.waitFor(
    async () => {
      if (!(await condition())) throw new Error(`Still false after 10 s: ${condition.toString()}`)
    },
    { timeout: 10_000, interval: 20 },
  )
}
