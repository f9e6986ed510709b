import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { constants, setPriority } from 'node:os'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import type { SourceFile } from '@playground/protocol'
import type { Limits } from './limits.ts'
import { findProgram } from './runner/sandbox/sandbox-files.ts'

/** A transpiled file of a program. */
export interface Module {
  name: string
  code: string
}

/** The program is not TypeScript; `message` is one line: file, line, column and what is wrong. */
export class TranspileError extends Error {
  override name = 'TranspileError'
}

const MIB = 1024 * 1024
const MAX_OUTPUT_BYTES = 16 * MIB
const MS_PER_SECOND = 1000

/** The program itself, in a process for each file: esbuild's library has one for all, which one file can end or hold up. */
const ESBUILD = createRequire(import.meta.resolve('esbuild')).resolve(
  `@esbuild/${process.platform}-${process.arch}/${process.platform === 'win32' ? 'esbuild.exe' : 'bin/esbuild'}`,
)

/** What esbuild exits with when the file is to blame. */
const SYNTAX_ERROR = 1
const FIRST_ERROR = /\[ERROR\] (.+)\n\n +\S+?:(\d+):(\d+):/
const LINE_END = /\r\n|[\n\r\u2028\u2029]/

const run = promisify(execFile)
const prlimit = findProgram('prlimit').catch(() => undefined)

/** An import of another file of the program, as esbuild writes it. */
const LOCAL_IMPORT = /(?<=\b(?:from|import) ?\(?"\.\/[a-z0-9-]+)\.ts(?=")/g

/** @throws {TranspileError} at the first syntax error, or if it takes more than its limits; types are not checked. */
export async function transpile(files: readonly SourceFile[], limits: Limits): Promise<Module[]> {
  const signal = AbortSignal.timeout(limits.transpileMs)
  const modules: Module[] = []
  // One after the other, so that a session has no more than one process and its memory at a time.
  for (const file of files) modules.push(await transpileFile(file, limits, signal))
  return modules
}

async function transpileFile(
  { name, source }: SourceFile,
  limits: Limits,
  signal: AbortSignal,
): Promise<Module> {
  const flags = ['--loader=ts', '--format=esm', '--target=node20', '--sourcemap=inline', '--log-limit=1']
  const bounded = boundsOf(limits, await prlimit)
  const [program, ...args] = [...bounded, ESBUILD, ...flags, '--color=false', `--sourcefile=${name}`]
  const running = run(program, args, {
    cwd: dirname(ESBUILD),
    env: { GOMAXPROCS: '1' },
    maxBuffer: MAX_OUTPUT_BYTES,
    killSignal: 'SIGKILL',
    signal,
  })
  // A start may wait a little; what runs already must not.
  if (running.child.pid !== undefined) setPriority(running.child.pid, constants.priority.PRIORITY_LOW)
  // One that has ended does not read to the end.
  running.child.stdin?.on('error', () => undefined).end(source)
  try {
    const { stdout } = await running
    // As many characters as before: the source map stays true.
    return { name: moduleName(name), code: stdout.replaceAll(LOCAL_IMPORT, '.js') }
  } catch (error) {
    throw new TranspileError(reasonOf(error, name, source, limits), { cause: error })
  }
}

/** The file is a stranger's: nesting or a few ambiguous arrows make esbuild take all memory or time that there is. */
function boundsOf({ transpileMs, transpileDataBytes }: Limits, prlimitProgram: string | undefined): string[] {
  // Without it, as on macOS, programs are not walled either.
  if (prlimitProgram === undefined) return []
  const data = Number.isFinite(transpileDataBytes) ? [`--data=${transpileDataBytes}`] : []
  return [prlimitProgram, ...data, `--cpu=${Math.ceil(transpileMs / MS_PER_SECOND)}`, '--core=0', '--']
}

/** The name under which Node runs a file of the reader. */
export function moduleName(name: string): string {
  return name.replace(/\.ts$/, '.js')
}

function reasonOf(error: unknown, name: string, source: string, limits: Limits): string {
  const { code, stderr } = error as { code?: unknown; stderr?: string }
  if (code === SYNTAX_ERROR) {
    const [, text, line, column] = FIRST_ERROR.exec(stderr ?? '') ?? []
    if (text !== undefined)
      return `${name}:${line}:${columnOf(source, Number(line), Number(column))}: ${text}`
  }
  // Neither an end of its own nor one by a limit: there was no process.
  if (typeof code === 'string' && code !== 'ABORT_ERR') return `${name}: cannot be transpiled: ${code}`
  const bounds = `${limits.transpileMs / MS_PER_SECOND} s and ${limits.transpileDataBytes / MIB} MB`
  return `${name}: too complex: what is transpiled in ${bounds} is required`
}

/** esbuild counts columns in UTF-8 bytes from 0, editors in characters from 1. */
function columnOf(source: string, line: number, column: number): number {
  const lineText = source.split(LINE_END)[line - 1] ?? ''
  return Buffer.from(lineText).subarray(0, column).toString().length + 1
}
