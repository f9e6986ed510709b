import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const MEBIBYTE = 1024 * 1024
const MAX_RESENT = 10

/** SOAK_SECONDS makes it longer; CI takes two minutes, a developer a quarter of one. */
const seconds = Number(process.env['SOAK_SECONDS'] ?? (process.env['CI'] === undefined ? 15 : 120))

interface Holdings {
  heapBytes: number
  residentBytes: number
  descriptors: number
  threads: number
  children: number
}

interface Soaked {
  requests: number
  /** Datagrams that were not answered within a second. */
  resent: number
  early: Holdings
  late: Holdings
  closed: Holdings
}

test.runIf(process.platform === 'linux')(
  `${seconds} seconds of requests leave memory, descriptors, threads and processes as they were`,
  { timeout: (seconds + 60) * 1000 },
  async () => {
    const program = fileURLToPath(new URL('soaking-program.mjs', import.meta.url))
    const child = spawn(process.execPath, ['--expose-gc', program, String(seconds)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    let complaints = ''
    child.stdout.on('data', (data: Buffer) => (output += String(data)))
    child.stderr.on('data', (data: Buffer) => (complaints += String(data)))
    const [code] = (await once(child, 'close')) as [number | null]
    // Clients that reset are a line each; a stack would be a defect.
    expect(complaints.replaceAll(/^Client 127\.0\.0\.1:\d+ disconnected: (ECONNRESET|EPIPE)\n/gm, '')).toBe(
      '',
    )
    expect(code).toBe(0)
    const { requests, resent, early, late, closed } = JSON.parse(output) as Soaked
    console.log(`${requests} requests in ${seconds} s`, { resent, early, late, closed })
    expect(requests).toBeGreaterThan(seconds * 50)
    expect(resent).toBeLessThan(MAX_RESENT)
    expect(late.heapBytes).toBeLessThan(early.heapBytes * 1.3 + 4 * MEBIBYTE)
    expect(late.residentBytes).toBeLessThan(early.residentBytes * 1.3 + 32 * MEBIBYTE)
    // Early, clients are still at work, and what they hold comes and goes.
    expect(late.descriptors).toBeLessThanOrEqual(early.descriptors)
    expect(late.threads).toBeLessThanOrEqual(early.threads)
    expect(late.children).toBeLessThanOrEqual(early.children + 1)
    expect(closed.children).toBe(0)
    expect(closed.descriptors).toBeLessThan(late.descriptors)
  },
)
