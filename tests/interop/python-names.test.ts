import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import * as library from 'socketserver-ts'
import {
  DatagramRequestHandler,
  ForkingTCPServer,
  StreamRequestHandler,
  ThreadingUDPServer,
} from 'socketserver-ts'
import { LOOPBACK } from '../server-lib/support.ts'
import { describeWith, pythonOutput } from './tools.ts'

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/guides/from-python.md'), 'utf8')
const SERVERS = [
  'A server, for whoever uses it',
  'A server, for whoever derives from it',
  'Variables of a server',
]

/** What Python calls something, and what it is called here; '' if it is not here. */
interface Row {
  python: string
  here: string
}

/** The rows of the table under a heading of the page. */
function rowsOf(heading: string): Row[] {
  const section = PAGE.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? ''
  return Array.from(section.matchAll(/^\| `(\w+)` +\| (?:`(\w+)`)? *\|/gm), ([, python = '', here = '']) => ({
    python,
    here,
  }))
}

const classes = rowsOf('Classes')
const servers = SERVERS.flatMap(rowsOf)
const handlers = rowsOf('A handler')

/** Every name that objects have, of their own and inherited. */
function membersOf(...objects: object[]): Set<string> {
  const names = new Set<string>()
  for (const object of objects) {
    for (let at: object = object; at !== Object.prototype; at = Object.getPrototypeOf(at) as object) {
      for (const name of Object.getOwnPropertyNames(at)) names.add(name)
    }
  }
  return names
}

describeWith('python3', "every public name of Python's socketserver is on the page", () => {
  let names: Record<'classes' | 'servers' | 'handlers', string[]>

  beforeAll(async () => {
    names = JSON.parse(await pythonOutput('names.py')) as typeof names
  })

  test.each([
    ['classes', classes],
    ['servers', servers],
    ['handlers', handlers],
  ] as const)('%s', (kind, rows) => {
    expect(names[kind].length).toBeGreaterThan(10)
    expect(names[kind].filter((name) => !rows.some(({ python }) => python === name))).toEqual([])
  })
})

describe('every name that the page gives for one of Python is there', () => {
  test('classes', () => {
    expect(classes.filter(({ here }) => !(here in library))).toEqual([])
    expect(classes.length).toBeGreaterThan(10)
  })

  test('members of servers', () => {
    const present = membersOf(
      new ForkingTCPServer(LOOPBACK, StreamRequestHandler),
      new ThreadingUDPServer(LOOPBACK, DatagramRequestHandler),
    )
    expect(servers.filter(({ here }) => here !== '' && !present.has(here))).toEqual([])
    expect(servers.filter(({ here }) => here === '').map(({ python }) => python)).toEqual([
      'socket',
      'fileno',
      'process_request_thread',
    ])
  })

  test('members of handlers', () => {
    const present = membersOf(
      new StreamRequestHandler(null as never, LOOPBACK, null as never),
      new DatagramRequestHandler(null as never, LOOPBACK, null as never),
    )
    expect(handlers.filter(({ here }) => !present.has(here))).toEqual([])
  })
})

test('the page names every class of ours that Python has not', () => {
  const ours = Object.keys(library).filter((name) => /Server$|MixIn$|Handler$/.test(name))
  const missing = ours.filter((name) => !classes.some(({ here }) => here === name))
  expect(missing.filter((name) => !name.startsWith('Async'))).toEqual([])
  expect(missing).toHaveLength(5)
  expect(PAGE).toContain('Only here: `AsyncMixIn` and the four `Async…` servers')
})
