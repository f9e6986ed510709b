import { readdirSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join, posix } from 'node:path'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { parse as parseVue } from 'vue/compiler-sfc'

const ROOT = join(import.meta.dirname, '../..')
const BUILTIN = 'node:'

/** Imports run downward only: for each folder, the packages its files may import. A final slash means the whole scope. */
const FLOORS = new Map([
  [
    '.vitepress',
    ['@playground/client', '@playground/protocol', 'typescript', 'vitepress', 'vue', 'yaml', BUILTIN],
  ],
  [
    'playground/client/src',
    [
      '@playground/protocol',
      'valibot',
      'vue',
      '@xterm/',
      '@codemirror/',
      '@lezer/',
      '@typescript/vfs',
      'comlink',
      'typescript',
    ],
  ],
  ['playground/simulated-network/src', ['@playground/protocol', '@playground/server', 'socketserver-ts']],
  ['docs/examples', ['socketserver-ts', BUILTIN]],
  ['playground/client/programs', ['socketserver-ts', BUILTIN]],
  ['hosting/src', ['@playground/server', 'kubernetes-models', 'yaml', BUILTIN]],
  [
    'playground/server/src',
    ['@playground/protocol', 'ws', 'sirv', 'esbuild', 'prom-client', 'valibot', BUILTIN],
  ],
  ['playground/protocol/src', ['valibot']],
  ['server-lib/src', ['koffi', BUILTIN]],
])

/** Above all floors: they import whatever a user or an author would. */
const ABOVE = /^(tests\/|scripts\/|[^/]+\.config\.)/
const SOURCE = /\.(ts|mts|js|mjs|vue)$/
const NOT_SOURCE = /(^|\/)(node_modules|dist|cache|\.git|test-results|playwright-report)$/

const sources = sourcesUnder('')

describe.each([...FLOORS])('%s', (folder, packages) => {
  const files = sources.filter((file) => file.startsWith(`${folder}/`))

  test('holds source files', () => {
    expect(files).not.toEqual([])
  })

  test(`imports only from ${packages.join(', ')} and itself`, () => {
    const broken = files.flatMap((file) =>
      importsOf(file, readFileSync(join(ROOT, file), 'utf8'))
        .filter((specifier) => !isAllowed(folder, packages, file, specifier))
        .map((specifier) => `${file} imports ${specifier}`),
    )
    expect(broken).toEqual([])
  })
})

test('every source file stands on a floor', () => {
  const floors = [...FLOORS.keys()]
  const astray = sources.filter(
    (file) => !ABOVE.test(file) && !floors.some((floor) => file.startsWith(`${floor}/`)),
  )
  expect(astray).toEqual([])
})

test.each([
  ['playground/protocol', { node: false, dom: false }],
  ['server-lib', { node: true, dom: false }],
  ['playground/server', { node: true, dom: false }],
  ['playground/client', { node: false, dom: true }],
  ['docs/examples', { node: true, dom: false }],
])('the compiler gives %s the globals %o', (project, globals) => {
  const config: unknown = ts.readConfigFile(join(ROOT, project, 'tsconfig.json'), (path) =>
    readFileSync(path, 'utf8'),
  ).config
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, join(ROOT, project))
  const libraries = options.lib ?? []
  expect({
    node: options.types?.includes('node'),
    dom: libraries.length === 0 || libraries.some((library) => library.startsWith('lib.dom')),
  }).toEqual(globals)
})

test('an import that breaks a floor is seen however it is written', () => {
  const source = `
    import ws from 'ws'
    import type { TCPServer } from 'socketserver-ts'
    import '../../client/src/index.ts'
    export { connect } from 'node:net'
    await import('vue')`
  expect(importsOf('a.ts', source)).toEqual(importsOf('a.vue', `<script setup lang="ts">${source}</script>`))
  const broken = importsOf('playground/protocol/src/a.ts', source).filter(
    (specifier) =>
      !isAllowed('playground/protocol/src', ['valibot'], 'playground/protocol/src/a.ts', specifier),
  )
  expect(broken).toEqual(['ws', 'socketserver-ts', '../../client/src/index.ts', 'node:net', 'vue'])
})

function sourcesUnder(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name)
    if (entry.isDirectory()) return NOT_SOURCE.test(path) ? [] : sourcesUnder(path)
    return SOURCE.test(path) ? [path] : []
  })
}

function importsOf(file: string, source: string): string[] {
  return scriptsOf(file, source).flatMap((script) =>
    ts.preProcessFile(script, true, true).importedFiles.map(({ fileName }) => fileName),
  )
}

function scriptsOf(file: string, source: string): string[] {
  if (!file.endsWith('.vue')) return [source]
  const { script, scriptSetup } = parseVue(source, { filename: file }).descriptor
  return [script, scriptSetup].flatMap((block) => (block === null ? [] : [block.content]))
}

function isAllowed(folder: string, packages: string[], file: string, specifier: string): boolean {
  if (specifier.startsWith('.')) {
    return posix.join(posix.dirname(file), specifier).startsWith(`${folder}/`)
  }
  if (isBuiltin(specifier)) return packages.includes(BUILTIN) && specifier.startsWith(BUILTIN)
  return packages.some((name) =>
    name.endsWith('/') ? specifier.startsWith(name) : specifier === name || specifier.startsWith(`${name}/`),
  )
}
