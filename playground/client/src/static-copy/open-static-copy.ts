import type { SessionEvents } from './session-events.ts'
import type { Published, StaticCopy } from './static-copy.ts'

/** Loads what a page with a playground server never needs. */
export async function openStaticCopy(
  published: Published | undefined,
  events: SessionEvents,
): Promise<StaticCopy> {
  if (published === undefined) throw new Error('No examples are provided: the theme must provide them')
  const { StaticCopy } = await import('./static-copy.ts')
  return new StaticCopy(published, events)
}
