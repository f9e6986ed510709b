import { setTimeout as sleep } from 'node:timers/promises'
import type { StreamSocket } from 'socketserver-ts'

/** A reset that comes with bytes that the server has not read looks like an orderly end to a server in Node. */
const READ_TIME_MS = 50

/** Gives the server the time to read what was sent, then breaks the connection off. */
export async function reset(socket: StreamSocket): Promise<void> {
  await sleep(READ_TIME_MS)
  socket.abort()
}
