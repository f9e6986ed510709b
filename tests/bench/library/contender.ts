import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

/** A server under test, in a process of its own. */
export interface Contender {
  name: string
  command: readonly string[]
}

/** A contender that is running. */
export interface Running {
  /** The port, or the path of a Unix socket. */
  target: string
  pid: number
  stop: () => Promise<void>
}

const place = (file: string) => fileURLToPath(new URL(`servers/${file}`, import.meta.url))

/** As JavaScript: a child process that has to load a compiler first would show the compiler's speed. */
const compiled = compile('handlers', 'library', 'raw')
const node = (file: string) => [process.execPath, join(compiled, `${file}.js`)]

function compile(...names: string[]): string {
  const directory = fileURLToPath(new URL('../../../node_modules/.cache/bench/', import.meta.url))
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'package.json'), '{ "type": "module" }')
  const compilerOptions: ts.CompilerOptions = {
    module: ts.ModuleKind.ESNext,
    target: ts.ScriptTarget.ES2022,
    rewriteRelativeImportExtensions: true,
  }
  for (const name of names) {
    const { outputText } = ts.transpileModule(readFileSync(place(`${name}.ts`), 'utf8'), { compilerOptions })
    writeFileSync(join(directory, `${name}.js`), outputText)
  }
  return directory
}

export const library = (server: string, handler: string, ...variables: string[]): Contender => ({
  name: server,
  command: [...node('library'), server, handler, ...variables],
})

export const raw = (kind: string): Contender => ({
  name: kind === 'datagrams' ? 'raw dgram' : 'raw net',
  command: [...node('raw'), kind],
})

export const python = (server: string, handler: string): Contender => ({
  name: `Python's ${server}`,
  command: ['python3', place('python_server.py'), server, handler],
})

/** What stands in for a peer that is not installed: the case is left out and said so. */
export const hasPython = spawnSync('python3', ['--version']).status === 0

export async function start({ name, command }: Contender): Promise<Running> {
  const [program = '', ...args] = command
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const said = await Promise.race([once(child.stdout, 'data'), ended.then(() => null)])
  if (said === null) throw new Error(`${name} ended before it listened`)
  return {
    target: String(said[0]).trim(),
    pid: child.pid ?? 0,
    stop: async () => {
      child.kill()
      await ended
    },
  }
}
