/** Forty pages whose servers listen and wait, each in its sandbox: what they cost while nothing happens. */
import { readFile } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { openPage, received, send } from './playground/page.ts'
import { ECHO, openServer } from './playground/server.ts'

const SESSIONS = 40
const REST_MS = 3000
const WATCHED_MS = 10_000

const server = await openServer({ PLAY_SESSIONS: `${SESSIONS}` })
if (server.isolation.kind === 'none') throw new Error(`No sandboxes: ${server.isolation.reason}`)

const before = await availableMiB()
const begun = performance.now()
const pages = []
for (let index = 0; index < SESSIONS; index++) {
  const page = await openPage(server)
  const listening = received(page, 'listening', 1)
  send(page, {
    type: 'start',
    run: 1,
    entry: 'program.ts',
    files: [{ name: 'program.ts', source: ECHO }],
    arguments: [],
  })
  await listening
  pages.push(page)
}
const startedMs = performance.now() - begun
await setTimeout(REST_MS)
const memoryMiB = before - (await availableMiB())
const [busyBefore, ownBefore] = [await busyMs(), process.cpuUsage()]
await setTimeout(WATCHED_MS)
const own = process.cpuUsage(ownBefore)
const busy = (await busyMs()) - busyBefore
const endBegun = performance.now()
await server.close()

console.table({
  'sessions, each with a server that listens': { value: pages.length, unit: '' },
  'to start them all, one after the other': { value: Math.round(startedMs), unit: 'ms' },
  'memory of the machine, each': { value: Number((memoryMiB / SESSIONS).toFixed(1)), unit: 'MiB' },
  'the server, of one core': { value: percent((own.user + own.system) / 1000), unit: '%' },
  'the whole machine, of one core': { value: percent(busy), unit: '%' },
  'to end them all': { value: Math.round(performance.now() - endBegun), unit: 'ms' },
})

function percent(ms: number): number {
  return Number(((ms / WATCHED_MS) * 100).toFixed(1))
}

async function availableMiB(): Promise<number> {
  const text = await readFile('/proc/meminfo', 'utf8')
  return Number(/^MemAvailable:\s+(\d+)/m.exec(text)?.[1]) / 1024
}

/** Of all processors together, since the machine was started; other work on it is counted too. */
async function busyMs(): Promise<number> {
  const [user = 0, nice = 0, system = 0] = (await readFile('/proc/stat', 'utf8'))
    .split(/\s+/)
    .slice(1)
    .map(Number)
  return (user + nice + system) * 10
}
