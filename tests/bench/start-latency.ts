/** Start message → first output of a program that prints at once, beside a bare `node -e` and the library's start. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeOutputFrame, parseServerFrame, SUBPROTOCOL, type ClientMessage } from '@playground/protocol'
import { startPlaygroundServer } from '@playground/server'
import { WebSocket } from 'ws'

const ROUNDS = 20

const PRINTS_AT_ONCE = `console.log('ready')`

const SERVER = `
import { StreamRequestHandler, TCPServer } from 'socketserver-ts'
await using server = new TCPServer({ host: '127.0.0.1', port: 0 }, StreamRequestHandler)
await server.listen()
console.log('ready')
await server.serveForever()`

const docs = await mkdtemp(join(tmpdir(), 'bench-docs-'))
await writeFile(join(docs, 'index.html'), '')
const server = await startPlaygroundServer({ port: 0, docs, env: process.env })
const { origin, hash } = new URL(server.url)
const webSocket = new WebSocket(`${origin}/session`, [SUBPROTOCOL, hash.slice(1).replace('=', '.')], {
  origin,
})
await once(webSocket, 'open')
webSocket.send(JSON.stringify({ type: 'hello' }))

let lastRun = 0
let sent = 0
const variants = {
  'node -e, by itself': measureBareNode,
  'a program that prints at once': () => measureStart(PRINTS_AT_ONCE),
  'a TCP server that listens': () => measureStart(SERVER),
}
const times = new Map<string, number[]>(Object.keys(variants).map((name) => [name, []]))

// In turn, so that whatever else the machine does falls on all of them alike.
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [name, measure] of Object.entries(variants)) times.get(name)?.push(await measure())
}

const rows = [...times].map(([name, values]) => {
  const [fastest, median, slowest] = quantiles(values)
  return [name, { 'median ms': median, 'fastest ms': fastest, 'slowest ms': slowest }]
})
console.table(Object.fromEntries(rows))

await server.close()
await rm(docs, { recursive: true })

async function measureBareNode(): Promise<number> {
  const begun = performance.now()
  const child = spawn(process.execPath, ['-e', PRINTS_AT_ONCE], { env: { PATH: process.env['PATH'] } })
  const closed = once(child, 'close')
  await once(child.stdout, 'data')
  const elapsed = performance.now() - begun
  await closed
  return elapsed
}

/** The way of a click: the message, transpilation, the process, its first bytes in a frame. */
async function measureStart(source: string): Promise<number> {
  lastRun += 1
  const run = lastRun
  const begun = performance.now()
  const printed = firstOutput(run)
  const exited = end(run)
  const files = [{ name: 'program.ts', source }]
  send({ type: 'start', run, entry: 'program.ts', files, arguments: [] })
  await printed
  const elapsed = performance.now() - begun
  send({ type: 'stop', run })
  await exited
  return elapsed
}

function send(message: ClientMessage): void {
  sent += 1
  webSocket.send(JSON.stringify({ type: 'message', number: sent, received: 0, message }))
}

function firstOutput(run: number): Promise<void> {
  return received((data, isBinary) => isBinary && decodeOutputFrame(data).run === run)
}

function end(run: number): Promise<void> {
  return received((data, isBinary) => {
    if (isBinary) return false
    const frame = parseServerFrame(data.toString())
    return frame.type === 'message' && frame.message.type === 'exited' && frame.message.run === run
  })
}

function received(matches: (data: Buffer, isBinary: boolean) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const onMessage = (data: Buffer, isBinary: boolean): void => {
      if (!matches(data, isBinary)) return
      webSocket.off('message', onMessage)
      resolve()
    }
    webSocket.on('message', onMessage)
  })
}

function quantiles(values: number[]): number[] {
  const sorted = values.toSorted((a, b) => a - b)
  return [0, 0.5, 1].map((share) => Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? 0))
}
