/** A click on Start in a real browser → the page says that the server listens: median of 20, docs built before. */
import { existsSync } from 'node:fs'
import { chromium } from '@playwright/test'
import { startPlaygroundServer } from '@playground/server'
import config from '../../playwright.config.ts'

const ROUNDS = 20
const DOCS = '.vitepress/dist'

if (!existsSync(DOCS)) throw new Error('The docs are not built: "npm start" builds them')
const server = await startPlaygroundServer({ port: 0, docs: DOCS, env: {} })
const browser = await chromium.launch(config.use?.launchOptions)
try {
  const page = await browser.newPage()
  const { origin, hash } = new URL(server.url)
  await page.goto(`${origin}/tutorial/tcp-echo${hash}`)
  const playground = page.getByRole('region', { name: 'Playground: tcp-server.ts' }).first()
  const times: number[] = []
  // One more than is counted: the first click also loads the terminals.
  for (let round = 0; round <= ROUNDS; round++) {
    const begun = performance.now()
    await playground.getByRole('button', { name: 'Start', exact: true }).click()
    await playground.getByRole('status').getByText('Listening on').waitFor()
    times.push(performance.now() - begun)
    await playground.getByRole('button', { name: 'Stop' }).click()
    await playground.getByRole('status').getByText('Stopped').waitFor()
  }
  const [first = NaN, ...later] = times.map(Math.round)
  const sorted = later.sort((a, b) => a - b)
  console.table({
    'Start → listening, in the page': {
      'median ms': sorted[sorted.length >> 1],
      'slowest ms': sorted.at(-1),
      'first click, which loads the terminals, ms': first,
      'required ms': 250,
    },
  })
} finally {
  await browser.close()
  await server.close()
}
