import { once } from 'node:events'
import { parseClientFrame, ProtocolError, type Hello } from '@playground/protocol'
import type { RawData, WebSocket } from 'ws'

/** The first frame of a connection; undefined if it is anything else, does not come in time, or the page goes away. */
export async function receiveHello(webSocket: WebSocket, timeoutMs: number): Promise<Hello | undefined> {
  const waiting = new AbortController()
  const abandon = (): void => waiting.abort()
  const timer = setTimeout(abandon, timeoutMs)
  webSocket.once('close', abandon)
  try {
    const [data] = (await once(webSocket, 'message', { signal: waiting.signal })) as [RawData]
    const frame = parseClientFrame(Buffer.isBuffer(data) ? data.toString() : '')
    return frame.type === 'hello' ? frame : undefined
  } catch (error) {
    if (error instanceof ProtocolError || waiting.signal.aborted || !webSocket.OPEN) return undefined
    throw error
  } finally {
    clearTimeout(timer)
    webSocket.off('close', abandon)
  }
}
