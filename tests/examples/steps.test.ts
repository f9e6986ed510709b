import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { examples } from '../../.vitepress/examples.ts'

// Programs, threads and processes start as fast as the machine lets them.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

const ROOT = join(import.meta.dirname, '../..')
const EXAMPLES = join(ROOT, 'docs/examples')
/** Within node_modules a copy finds the library, and no tool looks there. */
const COPY = join(ROOT, 'node_modules/.steps-')
const PORT = /(?<=\bport: )\d+/g
const ON_LISTENING = `data:text/javascript,${encodeURIComponent(`
  import { subscribe } from 'node:diagnostics_channel'
  subscribe('socketserver-ts.listening', ({ address }) => {
    process.stderr.write('listening at ' + JSON.stringify(address) + '\\n')
  })
`)}`
const ADDRESS = /^listening at (?<address>.*)$/m

let copy = ''

beforeAll(async () => {
  copy = await mkdtemp(COPY)
  await cp(EXAMPLES, copy, { recursive: true })
  await writeFile(join(copy, 'package.json'), '{ "type": "module" }')
})

afterAll(() => rm(copy, { recursive: true, force: true }))

const all = [...examples].map(([name, example]) => ({ name, ...example }))
const steps = all.filter(({ step }) => step !== undefined)
const predictions = all.filter(({ prediction }) => prediction !== undefined)

describe.each(steps)('the step of $name', ({ server, step }) => {
  test('has the programs that its name promises', () => {
    expect([server, partOf(server, 'check'), partOf(server, 'solution')].filter(isMissing)).toEqual([])
    expect(step?.hints.length).toBe(2)
  })

  test('is not solved by the program that the reader starts with', async () => {
    await using program = await start(server, server)
    const { code, output } = await run(partOf(server, 'check'), program.address)
    expect(output).toMatch(/^not ok \d+ - /m)
    expect(code).toBe(1)
  })

  test('is solved by the solution', async () => {
    await using program = await start(server, partOf(server, 'solution'))
    const { code, output } = await run(partOf(server, 'check'), program.address)
    expect(output).toMatch(/^ok 1 - /m)
    expect(output).not.toMatch(/^not ok /m)
    expect(code).toBe(0)
  })
})

test.each(predictions)('the prediction of $name is measured as a number', async ({ server }) => {
  await using program = await start(server, server)
  const { code, output } = await run(partOf(server, 'measure'), program.address)
  expect(output).toMatch(/(^|\n)measured: \d+(\.\d+)? at \d+\n$/)
  expect(code).toBe(0)
})

test('every check, solution and measuring program belongs to a step or a prediction', async () => {
  const expected = [
    ...steps.flatMap(({ server }) => [partOf(server, 'check'), partOf(server, 'solution')]),
    ...predictions.map(({ server }) => partOf(server, 'measure')),
  ]
  const parts = (await readdir(EXAMPLES)).filter((file) => /\.(check|solution|measure)\.ts$/.test(file))
  expect(parts.toSorted()).toEqual(expected.toSorted())
})

function partOf(server: string, part: 'check' | 'solution' | 'measure'): string {
  return server.replace(/\.ts$/, `.${part}.ts`)
}

function isMissing(file: string): boolean {
  return !existsSync(join(EXAMPLES, file))
}

interface ServerProgram extends AsyncDisposable {
  /** The arguments of a check. */
  address: string[]
}

/** Starts the text of `source` as `server`, on a free port. */
async function start(server: string, source: string): Promise<ServerProgram> {
  const text = await readFile(join(EXAMPLES, source), 'utf8')
  await writeFile(join(copy, server), text.replace(PORT, '0'))
  const child = node('--import', ON_LISTENING, '--import', 'tsx', join(copy, server), '0')
  const closed = once(child.process, 'close')
  const address = await new Promise<string>((resolve, reject) => {
    child.process.stderr.on('data', () => {
      const found = ADDRESS.exec(child.output())?.groups?.['address']
      if (found !== undefined) resolve(found)
    })
    closed.then(() => reject(new Error(`${basename(source)} ended: ${child.output()}`)), reject)
  })
  const parsed: unknown = JSON.parse(address)
  const { host, port } = Object(parsed) as Partial<Record<'host' | 'port', unknown>>
  return {
    address: typeof parsed === 'string' ? [parsed] : [String(host), String(port)],
    [Symbol.asyncDispose]: async () => {
      child.process.kill()
      await closed
    },
  }
}

async function run(program: string, address: string[]): Promise<{ code: unknown; output: string }> {
  const child = node('--import', 'tsx', join(copy, program), ...address)
  const [code] = (await once(child.process, 'close')) as unknown[]
  return { code, output: child.output() }
}

function node(...words: string[]) {
  const child = spawn(process.execPath, words, { cwd: copy, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (data: string) => (output += data))
  }
  return { process: child, output: () => output }
}
