import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPlaygroundServer } from '@playground/server'
import { onTestFinished, vi } from 'vitest'

/** A built site in small: a page, a page below, an asset, the page for what is not found; one of them precompressed. */
const SITE = {
  'index.html': '<h1>Home</h1>',
  'guide.html': '<h1>Guide</h1>',
  'guide.html.gz': 'gzipped guide',
  'guide.html.br': 'brotli guide',
  'app.a1b2c3.js': 'export {}',
  '404.html': '<h1>Nothing here</h1>',
}

/** A directory of built docs that is gone after the test. */
export async function buildDocs(): Promise<string> {
  const docs = await mkdtemp(join(tmpdir(), 'playground-docs-'))
  onTestFinished(() => rm(docs, { recursive: true }))
  await Promise.all(Object.entries(SITE).map(([name, text]) => writeFile(join(docs, name), text)))
  return docs
}

export interface TestServer {
  url: string
  /** `http://127.0.0.1:PORT`. */
  origin: string
  port: number
  token: string
  metricsPort: number | undefined
  drain(): Promise<void>
  close(): Promise<void>
}

/**
 * A playground server on a free port that is closed after the test. Its programs are not walled, so that a test can
 * look at their processes; tests/playground/runner is about those that are.
 */
export async function openServer(env: NodeJS.ProcessEnv = {}): Promise<TestServer> {
  const docs = await buildDocs()
  const server = await startPlaygroundServer({ port: 0, docs, env: { PLAY_RUNNER: 'plain', ...env } })
  onTestFinished(() => server.close())
  const { port, metricsPort, drain, close } = server
  return { ...parseUrl(server.url), url: server.url, port, metricsPort, drain, close }
}

export function parseUrl(text: string): Pick<TestServer, 'origin' | 'port' | 'token'> {
  const url = new URL(text)
  return { origin: url.origin, port: Number(url.port), token: url.hash.replace('#token=', '') }
}

/** Resolves when the condition holds, or rejects after `timeoutMs` with what it said last. */
export async function until(condition: () => boolean, timeoutMs = 4000): Promise<void> {
  await vi.waitFor(
    () => {
      if (!condition()) throw new Error(`Still false after ${timeoutMs} ms: ${condition.toString()}`)
    },
    { timeout: timeoutMs, interval: 10 },
  )
}

/** Whether a process runs; one that is dead and only not yet collected by its parent does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    if (process.platform !== 'linux') return true
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2))
  } catch {
    return false
  }
}

/** The processes that run with this argument, by their command line. */
export function processesWithArgument(argument: string): number[] {
  const lines = execFileSync('ps', ['-A', '-ww', '-o', 'pid=,args='], { encoding: 'utf8' }).split('\n')
  return lines.filter((line) => line.includes(argument)).map((line) => Number.parseInt(line, 10))
}
