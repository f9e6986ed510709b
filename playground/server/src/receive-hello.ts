import type { Hello } from '@playground/protocol'
import type { RawData, WebSocket } from 'ws'
import type { Limits } from './limits.ts'
import { readFrame } from './read-frame.ts'

/** The first frame of a connection; undefined if it is anything else, does not come in time, or the page goes away. */
export function receiveHello(webSocket: WebSocket, limits: Limits): Promise<Hello | undefined> {
  return new Promise((resolve) => {
    const settle = (hello?: Hello): void => {
      clearTimeout(timer)
      webSocket.off('message', hear)
      webSocket.off('close', leave)
      resolve(hello)
    }
    const leave = (): void => settle()
    const hear = (data: RawData, isBinary: boolean): void => {
      const frame = readFrame(data, isBinary, limits.messageBytes)
      settle(frame.type === 'hello' ? frame : undefined)
    }
    const timer = setTimeout(leave, limits.headersTimeoutMs)
    webSocket.once('message', hear)
    webSocket.once('close', leave)
  })
}
