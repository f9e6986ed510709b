import type { IncomingMessage, ServerResponse } from 'node:http'
import { PRESENCE_PATH } from '@playground/protocol'

/** Whether the request was the page's question for a playground server; if so it is answered, in place of the file of the built docs. */
export function answerPresence({ url }: IncomingMessage, response: ServerResponse): boolean {
  if (url !== `/${PRESENCE_PATH}`) return false
  response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
  response.end('{ "running": true }\n')
  return true
}
