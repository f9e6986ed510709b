import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'

const BUILT_DOCS = join(import.meta.dirname, '../../.vitepress/dist')
const FIRST_PAGE_LIMIT_BYTES = 110_000

const LOADED_AT_ONCE = /<(?:script|link)\b[^>]*\b(?:src|href)="(?<path>\/[^"]+\.(?:js|css))"/g
const STATIC_IMPORT = /(?:\bfrom|\bimport)\s*"(?<path>\.{1,2}\/[^"]+\.js)"/g
const PLAYGROUND_PARTS = ['Playground', 'code-editor', 'terminal-screen', 'tcp-server', 'type-popup']

test('the first page loads at most 110 KB of script and style', () => {
  const files = loadedWith('index.html')
  expect(files.some((file) => file.endsWith('.css'))).toBe(true)
  expect(files.filter((file) => file.endsWith('.js')).length).toBeGreaterThan(1)
  const bytes = files.reduce((sum, file) => sum + gzipSync(read(file), { level: 9 }).length, 0)
  expect(bytes).toBeLessThanOrEqual(FIRST_PAGE_LIMIT_BYTES)
})

describe.each(['tutorial/tcp-echo.html', 'tutorial/udp-echo.html'])('%s', (page) => {
  test.each(PLAYGROUND_PARTS)('does not load %s before it is needed', (part) => {
    const name = new RegExp(`/${part}\\.`)
    const chunks = readdirSync(join(BUILT_DOCS, 'assets/chunks')).map((file) => `/${file}`)
    expect(chunks.filter((file) => name.test(file))).not.toEqual([])
    expect(loadedWith(page).filter((file) => name.test(file))).toEqual([])
  })
})

/** What the page's HTML asks for, and what those scripts import in turn. */
function loadedWith(page: string): string[] {
  const files = new Set(
    Array.from(read(page).matchAll(LOADED_AT_ONCE), ({ groups }) => groups?.['path'] ?? ''),
  )
  for (const file of files) {
    if (!file.endsWith('.js')) continue
    for (const { groups } of read(file).matchAll(STATIC_IMPORT)) {
      files.add(new URL(groups?.['path'] ?? '', `file://${file}`).pathname)
    }
  }
  return [...files]
}

function read(file: string): string {
  return readFileSync(join(BUILT_DOCS, file), 'utf8')
}
