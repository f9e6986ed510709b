import { parsePresence, PRESENCE_PATH } from '@playground/protocol'
import { siteUrl } from '../session-socket.ts'

/**
 * Whether the site says that it has no playground server. Whatever else it says, or nothing, means that there may be
 * one: it is away for the moment, or stands behind a proxy that answers in its place.
 */
export async function isStaticCopy(): Promise<boolean> {
  try {
    const response = await fetch(siteUrl(PRESENCE_PATH), { cache: 'no-store' })
    return response.ok && !parsePresence(await response.text()).running
  } catch {
    return false
  }
}
