import { setTimeout as sleep } from 'node:timers/promises'
import type { StreamSocket } from 'socketserver-ts'
import { bytesPerSecond, chunkBytes, delayMs } from './client-arguments.ts'

const WRITES_PER_SECOND = 10
/** Writes that follow each other at once would arrive as one. */
const CHUNK_GAP_MS = 20

/** Sends the line after the delay, in chunks, at the pace; resolves to the number of writes that it took. */
export async function sendSlowly(socket: StreamSocket, line: string): Promise<number> {
  await sleep(delayMs)
  const data = Buffer.from(`${line}\n`)
  const size = Math.min(chunkBytes, Math.max(1, Math.ceil(bytesPerSecond / WRITES_PER_SECOND)), data.length)
  let writes = 0
  for (let sent = 0; sent < data.length; sent += size) {
    const chunk = data.subarray(sent, sent + size)
    await socket.send(chunk)
    writes += 1
    const paceMs = (chunk.length / bytesPerSecond) * 1000
    if (sent + size < data.length) await sleep(Math.max(CHUNK_GAP_MS, paceMs))
  }
  return writes
}
