/** A click into the code → the editor, the first problem, a completion, a hover: medians of fresh browsers, docs built before. */
import { existsSync } from 'node:fs'
import { chromium, type Browser } from '@playwright/test'
import { startPlaygroundServer } from '@playground/server'
import config from '../../playwright.config.ts'

const ROUNDS = 7
const DOCS = '.vitepress/dist'
const REQUIRED_MS = { editor: 500, 'first problem': 3000, completion: 250, hover: 400 }

type Times = Record<keyof typeof REQUIRED_MS, number>

if (!existsSync(DOCS)) throw new Error('The docs are not built: "npm start" builds them')
const server = await startPlaygroundServer({ port: 0, docs: DOCS, env: {} })
try {
  const rounds: Times[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const browser = await chromium.launch(config.use?.launchOptions)
    try {
      rounds.push(await measure(browser))
    } finally {
      await browser.close()
    }
  }
  const names = ['editor', 'first problem', 'completion', 'hover'] as const
  const rows = names.map((name) => {
    const sorted = rounds.map((times) => Math.round(times[name])).sort((a, b) => a - b)
    return [
      name,
      { 'median ms': sorted[ROUNDS >> 1], 'slowest ms': sorted.at(-1), 'aim ms': REQUIRED_MS[name] },
    ]
  })
  console.table(Object.fromEntries(rows))
} finally {
  await server.close()
}

async function measure(browser: Browser): Promise<Times> {
  const page = await browser.newPage()
  // The program has a problem from the start, so that the first answer can be seen.
  await page.route(/\/tcp-server\.[^/]*\.js$/, async (route) => {
    const response = await route.fetch()
    const body = (await response.text()).replace(
      'const text = data.toString()',
      'const text: number = data.toString()',
    )
    await route.fulfill({ response, body })
  })
  const { origin, hash } = new URL(server.url)
  await page.goto(`${origin}/tutorial/tcp-echo${hash}`, { waitUntil: 'networkidle' })
  const playground = page.getByRole('region', { name: 'Playground: tcp-server.ts' }).first()
  const begun = performance.now()
  await playground.getByText('BaseRequestHandler').first().click()
  const editor = playground.getByRole('textbox', { name: 'tcp-server.ts, editor' })
  await editor.waitFor()
  const visible = performance.now()
  await playground.locator('.cm-lintRange-error').first().waitFor()
  const checked = performance.now()
  await editor.getByText('recv', { exact: true }).hover()
  const hovered = performance.now()
  await page.locator('.cm-description').first().waitFor()
  const described = performance.now()
  await page.mouse.move(0, 0)
  await page.locator('.cm-description').waitFor({ state: 'detached' })
  await editor.press('Control+Home')
  await editor.press('ArrowDown')
  await page.keyboard.type('TCPServer')
  const typed = performance.now()
  await page.keyboard.type('.')
  await page.getByRole('option').first().waitFor()
  const completed = performance.now()
  return {
    editor: visible - begun,
    'first problem': checked - begun,
    completion: completed - typed,
    hover: described - hovered,
  }
}
