import type { SourceFile } from '@playground/protocol'
import { transform, type Location, type TransformFailure } from 'esbuild'

/** A transpiled file of a program. */
export interface Module {
  name: string
  code: string
}

/** The program is not TypeScript; `message` is one line: file, line, column and what is wrong. */
export class TranspileError extends Error {
  override name = 'TranspileError'
}

/** An import of another file of the program, as esbuild writes it. */
const LOCAL_IMPORT = /(?<=\b(?:from|import) ?\(?"\.\/[a-z0-9-]+)\.ts(?=")/g

/** @throws {TranspileError} at the first syntax error; types are not checked. */
export async function transpile({ name, source }: SourceFile): Promise<Module> {
  try {
    const { code } = await transform(source, {
      loader: 'ts',
      format: 'esm',
      target: 'node20',
      sourcefile: name,
      sourcemap: 'inline',
      logLevel: 'silent',
    })
    // As many characters as before: the source map stays true.
    return { name: moduleName(name), code: code.replaceAll(LOCAL_IMPORT, '.js') }
  } catch (error) {
    const message = isTransformFailure(error) ? firstError(error) : undefined
    if (message === undefined) throw error
    throw new TranspileError(message, { cause: error })
  }
}

/** The name under which Node runs a file of the reader. */
export function moduleName(name: string): string {
  return name.replace(/\.ts$/, '.js')
}

function isTransformFailure(error: unknown): error is TransformFailure {
  return error instanceof Error && 'errors' in error
}

function firstError({ errors: [first] }: TransformFailure): string | undefined {
  if (!first?.location) return undefined
  const { file, line } = first.location
  return `${file}:${line}:${columnOf(first.location)}: ${first.text}`
}

/** esbuild counts columns in UTF-8 bytes from 0, editors in characters from 1. */
function columnOf({ lineText, column }: Location): number {
  return Buffer.from(lineText).subarray(0, column).toString().length + 1
}
