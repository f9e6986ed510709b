/** Lighthouse as on a phone: medians of the pages as npm start serves them, whose playgrounds were not opened. */
import { existsSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { chromium } from '@playwright/test'
import { startPlaygroundServer } from '@playground/server'
import lighthouse from 'lighthouse'
import config from '../../playwright.config.ts'

const ROUNDS = 3
const DOCS = '.vitepress/dist'
const PAGES = ['/', '/tutorial/tcp-echo', '/guides/deploy', '/reference/api/base-server']
const REQUIRED = { performance: 95, accessibility: 100 }

type Category = keyof typeof REQUIRED
const CATEGORIES: Category[] = ['performance', 'accessibility']

if (!existsSync(DOCS)) throw new Error('The docs are not built: "npm start" builds them')
const server = await startPlaygroundServer({ port: 0, docs: DOCS, env: {} })
try {
  const rows: [string, Record<string, unknown>][] = []
  for (const page of PAGES) rows.push([page, await measure(`${new URL(server.url).origin}${page}`)])
  console.table(Object.fromEntries(rows))
} finally {
  await server.close()
}

async function measure(url: string): Promise<Record<string, unknown>> {
  const scores: Record<Category, number[]> = { performance: [], accessibility: [] }
  const notes = new Set<string>()
  for (let round = 0; round < ROUNDS; round += 1) {
    const { categories, audits } = await visit(url)
    for (const name of CATEGORIES) {
      const { score, auditRefs } = categories[name] ?? { score: null, auditRefs: [] }
      scores[name].push(Math.round((score ?? 0) * 100))
      if ((score ?? 0) * 100 >= REQUIRED[name]) continue
      for (const { id, weight } of auditRefs) {
        if (weight > 0 && (audits[id]?.score ?? 1) < 0.9)
          notes.add(`${id} ${audits[id]?.displayValue ?? ''}`.trim())
      }
    }
  }
  const medians = CATEGORIES.map((name) => [name, scores[name].sort((a, b) => a - b)[ROUNDS >> 1]] as const)
  return { ...Object.fromEntries(medians), lacking: [...notes].join(', ') }
}

/** In a browser of its own, with nothing in its cache. */
async function visit(url: string) {
  const port = await freePort()
  const { args = [], ...options } = config.use?.launchOptions ?? {}
  const browser = await chromium.launch({ ...options, args: [...args, `--remote-debugging-port=${port}`] })
  try {
    const result = await lighthouse(url, { port, onlyCategories: CATEGORIES, logLevel: 'error' })
    if (result === undefined) throw new Error(`Lighthouse has no result for "${url}"`)
    return result.lhr
  } finally {
    await browser.close()
  }
}

async function freePort(): Promise<number> {
  const holder = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => holder.once('listening', resolve))
  const { port } = holder.address() as AddressInfo
  await new Promise((resolve) => holder.close(resolve))
  return port
}
