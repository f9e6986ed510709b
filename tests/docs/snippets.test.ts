import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

const DOCS = join(import.meta.dirname, '../../docs')
const BUILT_DOCS = join(import.meta.dirname, '../../.vitepress/dist')

const FENCE = /^\s*(```|~~~)/
const SNIPPET = /^\s*<<<\s*(?<path>[^\s#{[]+)(?:#(?<region>[\w.-]+))?/
/** A block of code that stands in the page itself. */
const LITERAL =
  /^(?<indent> *)(?:```|~~~)(?<language>[\w-]*).*\n(?<code>(?:.*\n)*?)\k<indent>(?:```|~~~)\s*$/gm
/** What is said or typed, and no program. */
const TRANSCRIPTS = new Set(['', 'console', 'sh', 'text'])
const FRAGMENT_LINES = 2
/** What may stand right above a snippet; under anything else markdown takes `<<<` for text. */
const MAY_PRECEDE = /^\s*($|:::|<<<|#{1,6} )/

interface Snippet {
  line: number
  path: string
  region: string | undefined
  previousLine: string
}

// The generated pages hold declarations, and no programs.
const pages = filesUnder(DOCS, '.md').filter((page) => !/^reference[\\/]api[\\/]/.test(page))

describe.each(pages)('%s', (page) => {
  const snippets = snippetsOf(readFileSync(join(DOCS, page), 'utf8'))

  test('includes only files and regions that exist', () => {
    expect(snippets.filter((snippet) => !exists(page, snippet))).toEqual([])
  })

  test('includes its programs, and holds none itself', () => {
    expect(programsIn(readFileSync(join(DOCS, page), 'utf8'))).toEqual([])
  })

  test('has no snippet right under a line of text', () => {
    expect(snippets.filter(({ previousLine }) => !MAY_PRECEDE.test(previousLine))).toEqual([])
  })
})

test.each(['ts', 'js', 'python', 'yaml'])('a program in %s that stands in a page is found', (language) => {
  const program = `\`\`\`${language}\none\ntwo\nthree\n\`\`\`\n`
  expect(programsIn(`Text\n\n${program}`)).toHaveLength(1)
  expect(programsIn(program.replace('three\n', ''))).toEqual([])
  expect(programsIn(program.replace(language, 'console'))).toEqual([])
})

test('the docs include at least one program', () => {
  const programs = pages.flatMap((page) => snippetsOf(readFileSync(join(DOCS, page), 'utf8')))
  expect(programs).not.toEqual([])
})

test.skipIf(!existsSync(BUILT_DOCS))('the built pages hold no snippet that stayed text', () => {
  const built = filesUnder(BUILT_DOCS, '.html')
  expect(built).not.toEqual([])
  const literal = built.filter((page) => /(<|&lt;){3}/.test(readFileSync(join(BUILT_DOCS, page), 'utf8')))
  expect(literal).toEqual([])
})

function filesUnder(folder: string, extension: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith(extension))
}

function snippetsOf(markdown: string): Snippet[] {
  const snippets: Snippet[] = []
  let isCode = false
  let previousLine = ''
  for (const [index, line] of markdown.split('\n').entries()) {
    if (FENCE.test(line)) isCode = !isCode
    const { path, region } = SNIPPET.exec(line)?.groups ?? {}
    if (!isCode && path !== undefined) snippets.push({ line: index + 1, path, region, previousLine })
    previousLine = line
  }
  return snippets
}

/** The blocks that are too long for a fragment. */
function programsIn(markdown: string): string[] {
  return Array.from(markdown.matchAll(LITERAL), ({ groups }) => ({
    language: groups?.['language'] ?? '',
    code: groups?.['code'] ?? '',
  }))
    .filter(
      ({ language, code }) => !TRANSCRIPTS.has(language) && code.trim().split('\n').length > FRAGMENT_LINES,
    )
    .map(({ code }) => code)
}

function exists(page: string, { path, region }: Snippet): boolean {
  const file = path.startsWith('@') ? join(DOCS, path.slice(1)) : resolve(DOCS, dirname(page), path)
  if (!existsSync(file)) return false
  const source = readFileSync(file, 'utf8')
  return region === undefined || ['region', 'endregion'].every((marker) => hasMarker(source, marker, region))
}

/** Both ends carry the name: an end without one would close whichever region is open. */
function hasMarker(source: string, marker: string, region: string): boolean {
  return new RegExp(`#${marker} ${region.replaceAll('.', '\\.')}\\s*$`, 'm').test(source)
}
