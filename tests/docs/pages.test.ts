import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { editLink } from '../../.vitepress/edit-link.ts'
import { writeLlmsFiles } from '../../.vitepress/llms.ts'
import { pagesIn } from '../../.vitepress/pages.ts'
import { builtFile, builtPages } from './built-site.ts'

const DOCS = join(import.meta.dirname, '../../docs')
const FRONT_MATTER = /^---\n(?<yaml>[^]*?)\n---\n/
const ORDERED = /^(tutorial|guides|reference)\//

const pages = readdirSync(DOCS, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.md'))
const fields = new Map(pages.map((page) => [page, frontMatterOf(page)]))

describe.each(pages)('%s', (page) => {
  test('has a description of one sentence', () => {
    expect(fields.get(page)?.['description']).toMatch(/^[A-Z`][^\n]{30,160}[^.\n]$/)
  })
})

test.each(pages.filter((page) => ORDERED.test(page)))(
  '%s has a title, and its place in the sidebar',
  (page) => {
    expect(fields.get(page)?.['title']).toMatch(/\w/)
    expect(fields.get(page)?.['order']).toBeTypeOf('number')
  },
)

test.each(['description', 'title'])('no two pages have the same %s', (field) => {
  const values = [...fields.values()].map((page) => page[field]).filter((value) => value !== undefined)
  expect(values).toEqual([...new Set(values)])
})

test.each(['tutorial', 'guides'])('the sidebar has each page of %s, one after the other', (folder) => {
  const orders = pages
    .filter((page) => page.startsWith(`${folder}/`))
    .map((page) => fields.get(page)?.['order'])
  expect(orders).toEqual([...new Set(orders)])
  expect(pagesIn(folder)).toHaveLength(orders.length)
})

describe.skipIf(builtPages().length === 0)('the built site', () => {
  test.each(builtPages().filter((page) => page !== '404.html'))(
    '%s has a title and a description of its own',
    (page) => {
      const html = builtFile(page)
      expect(/<title>(?<title>.+?)<\/title>/.exec(html)?.groups?.['title']).toMatch(/\w/)
      expect(/<meta name="description" content="(?<text>[^"]+)"/.exec(html)?.groups?.['text']).toMatch(/\w/)
    },
  )

  test('has no link to edit a page where nothing says where', () => {
    expect(builtFile('guides/hosting.html')).not.toContain('Edit this page')
  })
})

describe('what a language model reads', () => {
  const sections = ['tutorial', 'guides', 'reference'].map((folder) => ({
    text: folder,
    items: pagesIn(folder),
  }))
  const folder = mkdtempSync(join(tmpdir(), 'llms-'))
  beforeAll(() => writeLlmsFiles(folder, 'Title', sections))
  afterAll(() => {
    rmSync(folder, { recursive: true })
  })

  test('llms.txt lists every page of the sidebar with its description', () => {
    const list = readFileSync(join(folder, 'llms.txt'), 'utf8')
    for (const { link } of sections.flatMap(({ items }) => items)) {
      expect(list).toMatch(new RegExp(`^- \\[.+\\]\\(${link}\\): \\w`, 'm'))
    }
  })

  test('llms-full.txt has the text of the pages, with their programs in it', () => {
    const text = readFileSync(join(folder, 'llms-full.txt'), 'utf8')
    expect(text).toContain('A **server** is a program that waits.')
    expect(text).toContain('class MyTCPHandler extends')
    expect(text).toContain('class UpperHandler extends')
    expect(text).not.toMatch(/^<<<|^<Playground|^description: |#region/m)
  })
})

test('editLink() takes an address with a place for the page', () => {
  expect(editLink({ DOCS_EDIT_URL: 'https://git.example/edit/docs/:path' }).editLink?.pattern).toContain(
    ':path',
  )
  expect(editLink({})).toEqual({})
})

test.each(['git.example/:path', 'javascript:alert(":path")', 'https://git.example/docs'])(
  'editLink() refuses %j',
  (address) => {
    expect(() => editLink({ DOCS_EDIT_URL: address })).toThrow(`Cannot set DOCS_EDIT_URL to "${address}"`)
  },
)

function frontMatterOf(page: string): Record<string, unknown> {
  const yaml = FRONT_MATTER.exec(readFileSync(join(DOCS, page), 'utf8'))?.groups?.['yaml']
  return yaml === undefined ? {} : (parse(yaml) as Record<string, unknown>)
}
