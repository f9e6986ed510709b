import { once } from 'node:events'
import { readdirSync, readlinkSync } from 'node:fs'
import type { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type InetAddress, ThreadingTCPServer } from 'socketserver-ts'
import { EchoHandler } from './fixtures/threaded-handlers.ts'
import { exchange, LOOPBACK, plainClient, receiveAll, serving } from './support.ts'

const CONNECTIONS = 10_000
const TERMINATIONS = 300
const CLIENTS = 16

const workers = new Set<Worker>()

function onWorker(worker: Worker): void {
  workers.add(worker)
  worker.once('exit', () => workers.delete(worker))
}

beforeEach(() => {
  process.on('worker', onWorker)
  vi.spyOn(console, 'error').mockReturnValue()
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
})

afterEach(() => {
  process.off('worker', onWorker)
  vi.restoreAllMocks()
})

/** What the connection's own bytes came back as: all of them, or what is missing because its thread was ended. */
async function echo(address: InetAddress, text: string): Promise<'whole' | 'broken' | 'crossed'> {
  const client = await plainClient(address)
  try {
    client.end(text)
    const reply = await receiveAll(client)
    if (reply === text) return 'whole'
    return text.startsWith(reply) ? 'broken' : 'crossed'
  } catch {
    return 'broken'
  } finally {
    client.destroy()
    if (!client.closed) await once(client, 'close')
  }
}

/** How many sockets this process has open; Node itself leaves open the modules that a thread was loading when it was ended. */
function openSockets(): number {
  return readdirSync('/proc/self/fd').filter((name) => {
    try {
      return readlinkSync(`/proc/self/fd/${name}`).startsWith('socket:')
    } catch {
      // The descriptor of the folder itself, closed by now.
      return false
    }
  }).length
}

function terminateOne(): void {
  const list = [...workers]
  void list[Math.floor(Math.random() * list.length)]?.terminate()
}

describe('threads that are ended at random', () => {
  test(
    'cross no bytes, lose no descriptor, and break no other connection',
    { timeout: 120_000 },
    async () => {
      const before = openSockets()
      const counts = { whole: 0, broken: 0, crossed: 0 }
      {
        const server = new ThreadingTCPServer(LOOPBACK, EchoHandler)
        server.requestQueueSize = 128
        server.maxThreads = 4
        await using running = await serving(server)
        const { serverAddress } = running.server
        let next = 0
        const client = async () => {
          while (next < CONNECTIONS) {
            const index = next++
            if (index % Math.floor(CONNECTIONS / TERMINATIONS) === 0)
              setTimeout(terminateOne, Math.random() * 3)
            counts[await echo(serverAddress, `${index} `.repeat(200))]++
          }
        }
        await Promise.all(Array.from({ length: CLIENTS }, client))
        expect(await exchange(serverAddress, 'at the end')).toBe('at the end')
      }
      expect(counts.crossed).toBe(0)
      expect(counts.whole + counts.broken).toBe(CONNECTIONS)
      // A thread has one request in progress, and perhaps earlier ones whose clients are about to close.
      expect(counts.broken).toBeLessThan(TERMINATIONS * 2)
      await expect.poll(openSockets).toBeLessThanOrEqual(before)
      await expect.poll(() => workers.size).toBe(0)
    },
  )
})
