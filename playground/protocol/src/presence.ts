import * as v from 'valibot'
import { parseMessage } from './parse-message.ts'

/**
 * Relative to the site's base. The built site has a file there, which says that no playground server runs; where one
 * runs, it answers itself.
 */
export const PRESENCE_PATH = 'playground-server.json'

const presence = v.strictObject({ running: v.boolean() })

/** Called by the page on what it finds there. @throws {ProtocolError} if neither of the two has written it. */
export function parsePresence(text: string): v.InferOutput<typeof presence> {
  return parseMessage(presence, text)
}
