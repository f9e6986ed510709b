import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { publint } from 'publint'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inProject, install, installed, koffiPackages, output, pack } from './support.ts'

const PACK_TIMEOUT_MS = 120_000
const RUN_TIMEOUT_MS = 60_000

const ECHOES = [
  'HELLO FROM TCPSERVER',
  'HELLO FROM ASYNCTCPSERVER',
  'HELLO FROM THREADINGTCPSERVER',
  'HELLO FROM FORKINGTCPSERVER',
]

const koffi = await koffiPackages()

let folder = ''
let tarball = ''
/** A project with everything that the library can make use of. */
let full = ''
/** A project with nothing but the library. */
let bare = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'socketserver-ts-package-'))
  tarball = await pack(join(folder, 'pack'))
  full = await install(join(folder, 'full'), tarball, [...koffi, '@types/node', 'undici-types'])
  bare = await install(join(folder, 'bare'), tarball, [])
}, PACK_TIMEOUT_MS)

afterAll(() => rm(folder, { recursive: true }))

describe('the tarball', () => {
  test('holds the compiled modules, their sources and three files about them', async () => {
    const sources = await filesUnder(inProject('server-lib/src'))
    const modules = sources.map((file) => file.replace(/\.ts$/, ''))
    const compiled = ['.js', '.js.map', '.d.ts', '.d.ts.map'].flatMap((ending) =>
      modules.map((module) => `dist/${module}${ending}`),
    )
    const about = ['LICENSE', 'README.md', 'package.json']
    const expected = [...compiled, ...sources.map((file) => `src/${file}`), ...about]
    expect(await filesUnder(library(bare))).toEqual(expected.sort())
  })

  test('has maps that lead to sources in it', async () => {
    const files = await filesUnder(library(bare))
    const targets = files
      .filter((file) => file.endsWith('.map'))
      .map(async (map) => {
        const { sources } = JSON.parse(await readFile(join(library(bare), map), 'utf8')) as {
          sources: string[]
        }
        return sources.map((source) => join(dirname(map), source))
      })
    const missing = (await Promise.all(targets)).flat().filter((source) => !files.includes(source))
    expect(missing).toEqual([])
  })

  test('has the licence of the project', async () => {
    expect(await readFile(join(library(bare), 'LICENSE'), 'utf8')).toBe(
      await readFile(inProject('LICENSE'), 'utf8'),
    )
  })

  test('passes publint', async () => {
    const { buffer } = new Uint8Array(await readFile(tarball))
    expect((await publint({ pack: { tarball: buffer }, strict: true })).messages).toEqual([])
  })

  test('has types that are right for all who can import ES modules', async () => {
    const checked = await checkPackage(createPackageFromTarballData(new Uint8Array(await readFile(tarball))))
    const problems = 'problems' in checked ? checked.problems : expect.fail('There are no types')
    // Resolution without "exports" is Node's before version 12. That require() gives an ES module is meant so.
    const isMeant = (problem: (typeof problems)[number]) =>
      problem.kind === 'CJSResolvesToESM' ||
      ('resolutionKind' in problem && problem.resolutionKind === 'node10')
    expect(problems.filter((problem) => !isMeant(problem))).toEqual([])
  })
})

describe.each([
  ['with koffi', () => full, { skip: koffi.length === 0 }],
  ['without optional packages', () => bare, { skip: false }],
])('installed %s', (_title, project, { skip }) => {
  test.skipIf(skip)(
    'serves from a main program that waits at its top level, and ends',
    { timeout: RUN_TIMEOUT_MS },
    async () => {
      expect((await output(project(), 'echo.js')).trimEnd().split('\n')).toEqual(ECHOES)
    },
  )

  test.skipIf(skip)(
    'can be required, and serves a CommonJS handler in a thread',
    { timeout: RUN_TIMEOUT_MS },
    async () => {
      expect(await output(project(), 'echo.cjs')).toBe('HELLO FROM REQUIRE()\n')
    },
  )
})

const hasUnixDatagrams = process.platform === 'linux' || process.platform === 'darwin'

test.runIf(hasUnixDatagrams && koffi.length > 0)('UnixDatagramServer serves with koffi', async () => {
  expect(await output(full, 'unix-datagram.js')).toBe('HELLO\n')
})

test.runIf(hasUnixDatagrams)('UnixDatagramServer without koffi says what to install', async () => {
  expect(await output(bare, 'unix-datagram.js')).toBe(
    'ERR_UNSUPPORTED: Cannot use Unix datagrams without the package "koffi": install koffi\n',
  )
})

describe('in a strict project', { timeout: RUN_TIMEOUT_MS }, () => {
  const compile = (typescript: string, ...flags: string[]) =>
    output(full, join(typescript, 'bin/tsc'), ...flags)

  beforeAll(async () => {
    const readme = await readFile(join(library(full), 'README.md'), 'utf8')
    const programs = [...readme.matchAll(/^```ts\n(.*?)^```/gms)].map(([, program = '']) => program)
    expect(programs).not.toEqual([])
    for (const [index, program] of programs.entries()) {
      await writeFile(join(full, `typed/readme-${index + 1}.ts`), program)
    }
  })

  describe.each([
    ['TypeScript of today', installed('typescript')],
    // It comes with the checker of types, which needs just this version.
    ['TypeScript 5.6', installed('@arethetypeswrong/core/node_modules/typescript')],
  ])('%s', (_title, typescript) => {
    test('compiles servers, handlers, the programs of the readme and every declaration', async () => {
      expect(await compile(typescript, '-p', 'typed')).toBe('')
    })

    test('compiles them with exact optional properties, without the DOM and for a bundler', async () => {
      const flags = [
        '--exactOptionalPropertyTypes',
        '--lib',
        'es2022',
        '--module',
        'esnext',
        '--moduleResolution',
        'bundler',
      ]
      expect(await compile(typescript, '-p', 'typed', ...flags)).toBe('')
    })
  })

  test('TypeScript checks programs in JavaScript, with import and with require()', async () => {
    expect(await compile(installed('typescript'), '-p', '.')).toBe('')
  })
})

function library(project: string): string {
  return join(project, 'node_modules/socketserver-ts')
}

async function filesUnder(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(path, join(entry.parentPath, entry.name)))
    .sort()
}
