/** `node main.js [--port 8000] [--docs .vitepress/dist]`: the playground until SIGINT or SIGTERM. */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { isolationNotice } from './runner/isolation-notice.ts'
import { startPlaygroundServer, type PlaygroundServer } from './playground-server.ts'

const DEFAULT_PORT = 8000
const DEFAULT_DOCS = '.vitepress/dist'
const MAX_PORT = 65_535

/** If nobody asked for a port, so many from the default one on are tried. */
const PORTS_TO_TRY = 10

try {
  const server = await start()
  console.log(`The playground is ready at ${server.url}`)
  const notice = isolationNotice(server.isolation)
  if (notice !== undefined) console.warn(notice)
  // Every time: a second Ctrl-C must not end the process before it has ended what the readers run.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end(server))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function start(): Promise<PlaygroundServer> {
  const { values } = parseArgs({ options: { port: { type: 'string' }, docs: { type: 'string' } } })
  const docs = resolve(values.docs ?? DEFAULT_DOCS)
  const asked = values.port ?? process.env['PORT']
  const first = asked === undefined ? DEFAULT_PORT : parsePort(asked)
  const last = asked === undefined ? DEFAULT_PORT + PORTS_TO_TRY - 1 : first
  for (let port = first; ; port += 1) {
    try {
      return await startPlaygroundServer({ port, docs, env: process.env })
    } catch (error) {
      if (!isPortTaken(error)) throw error
      if (port === last) throw new Error(portTaken(first, last), { cause: error })
      console.log(`Port ${port} is already in use, trying ${port + 1}`)
    }
  }
}

async function end(server: PlaygroundServer): Promise<void> {
  await server.drain()
  await server.close()
  process.exit(0)
}

function parsePort(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= MAX_PORT) return port
  throw new RangeError(`Cannot use port "${text}": a number from 0 to ${MAX_PORT} is required`)
}

function isPortTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
}

function portTaken(first: number, last: number): string {
  return first === last
    ? `Port ${first} is already in use: stop the program that uses it, or choose another one with --port`
    : `Ports ${first} to ${last} are already in use: choose another one with --port`
}
