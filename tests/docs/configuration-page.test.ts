import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { manifests } from '@playground/hosting'
import { readLimits } from '@playground/server'
import { expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
const PAGE = 'docs/reference/configuration.md'
const MIB = 1024 * 1024
const UNITS = new Map([
  ['', 1],
  ['KiB', 1024],
  ['MiB', MIB],
])

/** The tables of variables in the page: name, value on the reader's own machine, value on a hosted server. */
const rows = Array.from(
  read(PAGE).matchAll(/^\| `([A-Z_]+)` +\| ([^|]*?) *\| ([^|]*?) *\|/gm),
  ([, name = '', local = '', hosted = '']) => ({ name, local, hosted }),
)
const documented = rows.map(({ name }) => name)

test('the page has each limit with its values', () => {
  const [local, hosted] = [readLimits({}), readLimits({ PLAY_HOSTED: '1' })]
  const limits = Object.keys(local) as (keyof typeof local)[]
  const expected = limits.map((limit) => ({
    name: `PLAY_${limit.replace(/[A-Z]/g, '_$&').toUpperCase()}`,
    local: local[limit],
    hosted: hosted[limit],
  }))
  const names = new Set(expected.map(({ name }) => name))
  const actual = rows
    .filter(({ name }) => names.has(name))
    .map((row) => ({ name: row.name, local: valueOf(row.local), hosted: valueOf(row.hosted || row.local) }))
  expect(actual).toEqual(expected)
})

test('the page names the limits that cannot be unlimited', () => {
  const named = /Those that may\s+not are (?<names>[^.]*)\./.exec(read(PAGE))?.groups?.['names'] ?? ''
  const limits = rows.map(({ name }) => name).filter((name) => /^PLAY_/.test(name) && canBeLimit(name))
  const refusing = limits.filter((name) => !isAccepted({ [name]: 'unlimited' }))
  expect(named.match(/PLAY_\w+/g)?.sort()).toEqual(refusing.sort())
})

test('the page has every variable that the server reads, once', () => {
  const source = 'playground/server/src'
  const files = readdirSync(join(ROOT, source), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  )
  const named = files.flatMap((file) => variablesIn(read(join(source, file))))
  expect(named.length).toBeGreaterThan(5)
  expect([...new Set(named)].filter((name) => !documented.includes(name))).toEqual([])
  expect(documented).toEqual([...new Set(documented)])
})

test.each(['hosting/Containerfile', 'hosting/config/socketserver-playground@.service'])(
  'every variable in %s is one of the page',
  (file) => {
    const set = variablesIn(read(file))
    expect(set).not.toEqual([])
    expect(set.filter((name) => !documented.includes(name))).toEqual([])
  },
)

test('every variable of the manifests is one of the page', () => {
  const set = variablesIn(JSON.stringify(manifests({ image: 'x', origin: 'https://play.example.org' })))
  expect(set).toContain('PLAY_WALL')
  expect(set.filter((name) => !documented.includes(name))).toEqual([])
})

/** Whether it is one of the numbers that bound a session, a run or the server. */
function canBeLimit(name: string): boolean {
  return !isAccepted({ [name]: 'x' }) && name !== 'PLAY_HOSTED'
}

function isAccepted(env: NodeJS.ProcessEnv): boolean {
  try {
    readLimits(env)
    return true
  } catch {
    return false
  }
}

function variablesIn(text: string): string[] {
  return text.match(/\bPLAY_[A-Z_]*[A-Z]\b|\bPORT\b/g) ?? []
}

/** What `192 MiB`, `20000` and `unlimited` stand for. */
function valueOf(text: string): number {
  if (text === 'unlimited') return Infinity
  const [amount, unit = ''] = text.split(' ')
  return Number(amount) * (UNITS.get(unit) ?? NaN)
}

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8')
}
