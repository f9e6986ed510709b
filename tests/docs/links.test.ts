import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { BUILT_DOCS, builtFile, builtPages } from './built-site.ts'

const REFERENCE = /\s(?:href|src)="(?<address>[^"]*)"/g
const ID = /\sid="(?<id>[^"]*)"/g
const SITE = 'http://site.invalid'

const pages = builtPages()
const idsOf = new Map(
  pages.map((page) => [
    page,
    new Set(Array.from(builtFile(page).matchAll(ID), ({ groups }) => decoded(groups?.['id']))),
  ]),
)

describe.skipIf(pages.length === 0)('the links of the built pages', () => {
  test('are found', () => {
    expect(pages.flatMap((page) => addressesIn(page)).length).toBeGreaterThan(500)
  })

  test.each(pages)('%s leads only to pages, anchors and files that there are', (page) => {
    expect(addressesIn(page).filter((address) => !exists(page, address))).toEqual([])
  })
})

function addressesIn(page: string): string[] {
  const found = Array.from(builtFile(page).matchAll(REFERENCE), ({ groups }) => decoded(groups?.['address']))
  return [...new Set(found)].filter((address) => new URL(address, SITE).origin === SITE)
}

function exists(page: string, address: string): boolean {
  // As a browser would: the address of a page has no ending.
  const { pathname, hash } = new URL(
    address,
    `${SITE}/${page.replace(/(^|(?<=\/))index\.html$|\.html$/, '')}`,
  )
  const path = decodeURIComponent(pathname).slice(1)
  if (/\.\w+$/.test(path)) return existsSync(join(BUILT_DOCS, path))
  const target = path === '' || path.endsWith('/') ? `${path}index.html` : `${path}.html`
  const ids = idsOf.get(target)
  return ids !== undefined && (hash === '' || ids.has(decodeURIComponent(hash.slice(1))))
}

function decoded(text = ''): string {
  return text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'")
}
