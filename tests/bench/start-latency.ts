/** Start of the docs' TCP echo → the page knows that it listens: walled, warm and cold, and not walled. */
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { parseServerFrame, SUBPROTOCOL, type ClientMessage, type ServerMessage } from '@playground/protocol'
import { startPlaygroundServer, type PlaygroundServer } from '@playground/server'
import { WebSocket } from 'ws'

const ROUNDS = 15

/** Longer than the server takes to make a sandbox again, or the sandbox a spare, once one was taken. */
const REFILL_MS = 1800
const SPARE_MS = 600

const ECHO = await readFile(join(import.meta.dirname, '../../docs/examples/tcp-server.ts'), 'utf8')

const docs = await mkdtemp(join(tmpdir(), 'bench-docs-'))
await writeFile(join(docs, 'index.html'), '')
const serve = (env: NodeJS.ProcessEnv) => startPlaygroundServer({ port: 0, docs, env })

const walled = await serve({ PLAY_WARM_SANDBOXES: '1' })
const plain = await serve({ PLAY_RUNNER: 'plain' })
if (walled.isolation.kind === 'none') throw new Error(`No sandboxes: ${walled.isolation.reason}`)

const times = { first: [], next: [], cold: [], plain: [] } as Record<string, number[]>

for (let round = 0; round < ROUNDS; round += 1) {
  await setTimeout(REFILL_MS)
  const [page, second, unwalled] = await Promise.all([openPage(walled), openPage(walled), openPage(plain)])
  times['first']?.push(await measure(page, 1))
  // Its sandbox is started for it: the only warm one is taken.
  times['cold']?.push(await measure(second, 1))
  await setTimeout(SPARE_MS)
  times['next']?.push(await measure(page, 2))
  times['plain']?.push(await measure(unwalled, 1))
  for (const { webSocket } of [page, second, unwalled]) webSocket.send(JSON.stringify({ type: 'goodbye' }))
}

const titles = {
  first: 'walled, warm: the first of a page',
  next: 'walled, warm: another of the page',
  cold: 'walled, cold: no sandbox was left',
  plain: 'not walled',
}
const rows = Object.entries(titles).map(([name, title]) => {
  const [fastest, median, slowest] = quantiles(times[name] ?? [])
  return [title, { 'median ms': median, 'fastest ms': fastest, 'slowest ms': slowest }]
})
console.table(Object.fromEntries(rows))

await Promise.all([walled.close(), plain.close()])
await rm(docs, { recursive: true })

interface Page {
  webSocket: WebSocket
  sent: number
}

async function openPage(server: PlaygroundServer): Promise<Page> {
  const { origin, hash } = new URL(server.url)
  const subprotocols = [SUBPROTOCOL, hash.slice(1).replace('=', '.')]
  const webSocket = new WebSocket(`${origin}/session`, subprotocols, { origin })
  await once(webSocket, 'open')
  const welcome = once(webSocket, 'message')
  webSocket.send(JSON.stringify({ type: 'hello' }))
  await welcome
  return { webSocket, sent: 0 }
}

/** The way of a click: the message, transpilation, the program, its event, the message back. */
async function measure(page: Page, run: number): Promise<number> {
  const begun = performance.now()
  const listening = received(page, 'listening', run)
  const exited = received(page, 'exited', run)
  const files = [{ name: 'program.ts', source: ECHO }]
  send(page, { type: 'start', run, entry: 'program.ts', files, arguments: [] })
  await listening
  const elapsed = performance.now() - begun
  send(page, { type: 'stop', run })
  await exited
  return elapsed
}

function send(page: Page, message: ClientMessage): void {
  page.sent += 1
  page.webSocket.send(JSON.stringify({ type: 'message', number: page.sent, received: 0, message }))
}

function received({ webSocket }: Page, type: ServerMessage['type'], run: number): Promise<void> {
  return new Promise((resolve) => {
    const onMessage = (data: Buffer, isBinary: boolean): void => {
      const frame = isBinary ? undefined : parseServerFrame(data.toString())
      if (frame?.type !== 'message' || frame.message.type !== type || frame.message.run !== run) return
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
