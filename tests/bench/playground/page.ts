import { once } from 'node:events'
import { parseServerFrame, SUBPROTOCOL, type ClientMessage, type ServerMessage } from '@playground/protocol'
import type { PlaygroundServer } from '@playground/server'
import { WebSocket } from 'ws'

/** What a browser's page does, with one connection to its session. */
export interface Page {
  webSocket: WebSocket
  sent: number
}

export async function openPage(server: PlaygroundServer): Promise<Page> {
  const { origin, hash } = new URL(server.url)
  const subprotocols = [SUBPROTOCOL, hash.slice(1).replace('=', '.')]
  const webSocket = new WebSocket(`${origin}/session`, subprotocols, { origin })
  await once(webSocket, 'open')
  const welcome = once(webSocket, 'message')
  webSocket.send(JSON.stringify({ type: 'hello' }))
  await welcome
  return { webSocket, sent: 0 }
}

export function send(page: Page, message: ClientMessage): void {
  page.sent += 1
  page.webSocket.send(JSON.stringify({ type: 'message', number: page.sent, received: 0, message }))
}

export function received({ webSocket }: Page, type: ServerMessage['type'], run: number): Promise<void> {
  return new Promise((resolve) => {
    const onMessage = (data: Buffer, isBinary: boolean): void => {
      const frame = isBinary ? undefined : parseServerFrame(data.toString())
      if (frame?.type !== 'message' || frame.message.type !== type || frame.message.run !== run) return
      webSocket.off('message', onMessage)
      resolve()
    }
    webSocket.on('message', onMessage)
  })
}
