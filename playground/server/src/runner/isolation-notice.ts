import type { Isolation } from '@playground/protocol'

/** For whoever starts the server, in one line; undefined if there is nothing to say. */
export function isolationNotice(isolation: Isolation): string | undefined {
  if (isolation.kind === 'sandbox') return undefined
  return `Programs run without walls, as you: ${isolation.reason}. ${isolation.mend}`
}
