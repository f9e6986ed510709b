import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { buffer, text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, test } from 'vitest'
import type { InetAddress } from 'socketserver-ts'

/** A program of others that these tests talk to; scripts/ensure-tools.mjs installs them. */
export type Tool = 'crun' | 'curl' | 'dig' | 'haproxy' | 'logger' | 'nginx' | 'python3' | 'socat'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const TSX = fileURLToPath(import.meta.resolve('tsx/cli'))
const EXAMPLES = join(ROOT, 'docs/examples')
const PYTHON_PROGRAMS = fileURLToPath(new URL('python/', import.meta.url))

/** Where scripts/ensure-tools.mjs could have installed what is missing, nothing is left out in silence. */
const MUST_RUN = isSet(process.env['CI']) || (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get'))

const START_TIMEOUT_MS = 50_000

/** A describe() whose tests need a tool: without it they are skipped, or fail in one line where nothing may be skipped. */
export function describeWith(tool: Tool, title: string, tests: () => void): void {
  if (isInstalled(tool)) {
    describe(title, tests)
  } else if (MUST_RUN) {
    test(title, () => {
      throw new Error(`${tool} is not installed: node scripts/ensure-tools.mjs installs it`)
    })
  } else {
    describe.skip(`${title} (${tool} is not installed)`, tests)
  }
}

export function isInstalled(tool: Tool): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, tool)))
}

function isSet(variable: string | undefined): boolean {
  return variable !== undefined && variable !== ''
}

/** How a program ended, with all that it has written. */
export interface Outcome {
  code: number | null
  output: Buffer
  errors: string
}

/** Runs a program to its end, with `input` as its standard input. */
export async function run(
  tool: Tool,
  args: readonly string[],
  input: string | Buffer = '',
): Promise<Outcome> {
  const child = spawn(tool, args)
  // A program that ends before it has read all of its input is none of the test's business.
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const [output, errors, [code]] = await Promise.all([
    buffer(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ])
  return { code, output, errors }
}

/** What a program has written to standard output. @throws if it failed. */
export async function outputOf(
  tool: Tool,
  args: readonly string[],
  input?: string | Buffer,
): Promise<string> {
  const { code, output, errors } = await run(tool, args, input)
  if (code !== 0) throw new Error(`${tool} ended with code ${code}: ${errors}`)
  return output.toString()
}

/** Runs one of the programs in tests/interop/python to its end. */
export function pythonOutput(program: string, ...words: (string | number)[]): Promise<string> {
  return outputOf('python3', [join(PYTHON_PROGRAMS, program), ...words.map(String)])
}

/** Runs a client of docs/examples to its end, ours or one in Python, as it is but for its port, which is 9999 there. */
export async function clientOutput(program: string, port: number, ...words: string[]): Promise<string> {
  if (program.endsWith('.py')) return pythonOutput('at_port.py', port, join(EXAMPLES, program), ...words)
  const source = (await readFile(join(EXAMPLES, program), 'utf8')).replaceAll('9999', String(port))
  const options = ['--import', 'tsx', '--input-type=module', '--eval', source, '--', program]
  const { stdout } = await promisify(execFile)(process.execPath, [...options, ...words], { cwd: ROOT })
  return stdout
}

/** A server program that runs until the end of the test's scope. */
export interface ServerProgram extends AsyncDisposable {
  address: InetAddress
  /** What it has written to standard output so far. */
  output: () => string
}

/** Where a server program says which port it has got. */
interface PortLine {
  stream: 'stdout' | 'stderr'
  pattern: RegExp
  /** 127.0.0.1 by default. */
  host?: string
}

const PORT = /\bport (\d+)\n/

/** Starts one of the servers in tests/interop/python, on a free port, which it names on standard error. */
export function startPython(program: string): Promise<ServerProgram> {
  return start('python3', ['-u', join(PYTHON_PROGRAMS, program)], { stream: 'stderr', pattern: PORT })
}

/** Starts one of the servers in docs/examples/python, as it is but for its port, which is 9999 there. */
export function startPythonExample(program: string): Promise<ServerProgram> {
  const words = ['0', join(EXAMPLES, 'python', program)]
  return start('python3', ['-u', join(PYTHON_PROGRAMS, 'at_port.py'), ...words], {
    stream: 'stderr',
    pattern: PORT,
  })
}

/** Starts one of the servers in docs/examples that take a port, on a free one, which they name. */
export function startExample(program: string, ...words: string[]): Promise<ServerProgram> {
  return start(process.execPath, [TSX, `docs/examples/${program}`, '0', ...words], {
    stream: 'stdout',
    pattern: PORT,
  })
}

/** Starts socat as a server of TCP that sends back whatever it receives. */
export function startSocatEcho(host: '127.0.0.1' | '::1'): Promise<ServerProgram> {
  const address = host === '::1' ? 'TCP6-LISTEN:0,bind=[::1]' : 'TCP4-LISTEN:0,bind=127.0.0.1'
  const pattern = /listening on .*:(\d+)\n/
  // With its default of 8192 bytes socat blocks for ever where its pipe has room for fewer, which is 4096 on Linux (PIPE_BUF).
  const options = ['-d', '-d', '-b', '4096']
  return start('socat', [...options, `${address},fork`, 'PIPE'], { stream: 'stderr', pattern, host })
}

async function start(
  command: string,
  args: string[],
  { stream, pattern, host = '127.0.0.1' }: PortLine,
): Promise<ServerProgram> {
  const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
  const closed = once(child, 'close')
  const written = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => (written[name] += chunk))
  }
  const timer = setTimeout(() => child.kill(), START_TIMEOUT_MS)
  const port = await new Promise<number>((resolve, reject) => {
    child[stream].on('data', () => {
      const named = pattern.exec(written[stream])?.[1]
      if (named !== undefined) resolve(Number(named))
    })
    closed.then(() => reject(new Error(`${args.join(' ')} ended: ${written.stderr}`)), reject)
  })
  clearTimeout(timer)
  return {
    address: { host, port },
    output: () => written.stdout,
    [Symbol.asyncDispose]: async () => {
      child.kill()
      await closed
    },
  }
}
