/** Start of the docs' TCP echo → the page knows that it listens: walled, warm and cold, and not walled. */
import { setTimeout } from 'node:timers/promises'
import { openPage, received, send, type Page } from './playground/page.ts'
import { ECHO, openServer } from './playground/server.ts'

const ROUNDS = 15

/** Longer than the server takes to make a sandbox again, or the sandbox a spare, once one was taken. */
const REFILL_MS = 1800
const SPARE_MS = 600

const walled = await openServer({ PLAY_WARM_SANDBOXES: '1' })
const plain = await openServer({ PLAY_RUNNER: 'plain' })
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

function quantiles(values: number[]): number[] {
  const sorted = values.toSorted((a, b) => a - b)
  return [0, 0.5, 1].map((share) => Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? 0))
}
