import { decodeError } from '../../remote/error-message.ts'
import type { SentMessage, ToParent } from '../messages.ts'

interface Sending {
  resolve: (length: number) => void
  reject: (error: Error) => void
}

const sending = new Map<number, Sending>()
let lastId = 0

/** Sends a message; a parent that has ended hears nothing, and its child ends too. */
export function tellParent(message: ToParent): void {
  process.send?.(message, undefined, {}, () => {})
}

/** Has the parent send a datagram through the server's socket; resolves to its length in bytes. */
export function sendThroughParent(data: Uint8Array | string, address: unknown): Promise<number> {
  const id = ++lastId
  return new Promise((resolve, reject) => {
    sending.set(id, { resolve, reject })
    tellParent({ type: 'send', id, data, address })
  })
}

/** Called with the parent's answer. */
export function whenSent({ id, result }: SentMessage): void {
  const waiting = sending.get(id)
  sending.delete(id)
  if (typeof result === 'number') waiting?.resolve(result)
  else waiting?.reject(decodeError(result))
}
