import { findSourceMap } from 'node:module'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Writes stacks for someone who looks at their own program: its frames in lines of its TypeScript, and not those of
 * the library and of Node below it. An error in which no frame is the reader's keeps all of them.
 */
export function showReadersFrames(programDirectory: string): void {
  Error.prepareStackTrace = (error, frames) => {
    const own = frames.flatMap((frame) => describe(frame, programDirectory))
    const shown = own.length > 0 ? own : frames.map(String)
    return [headingOf(error), ...shown.map((frame) => `    at ${frame}`)].join('\n')
  }
}

// Node's own way to write the heading is replaced with the rest.
function headingOf(error: Error): string {
  try {
    return Error.prototype.toString.call(error)
  } catch {
    return 'Error'
  }
}

function describe(frame: NodeJS.CallSite, programDirectory: string): string[] {
  const file = pathOf(frame.getFileName())
  const path = relative(programDirectory, file)
  if (file === '' || path.startsWith('..')) return []
  const origin = findSourceMap(file)?.findOrigin(frame.getLineNumber() ?? 1, frame.getColumnNumber() ?? 1)
  const place =
    origin !== undefined && 'fileName' in origin
      ? `${relative(programDirectory, pathOf(origin.fileName))}:${origin.lineNumber}:${origin.columnNumber}`
      : `${path}:${frame.getLineNumber()}:${frame.getColumnNumber()}`
  // A call site has a text of its own, of which its type does not tell.
  // eslint-disable-next-line @typescript-eslint/no-base-to-string
  const [name] = frame.toString().split(' (')
  return [name === undefined || name.includes(file) ? place : `${name} (${place})`]
}

function pathOf(file: string | null | undefined): string {
  if (file === null || file === undefined) return ''
  return file.startsWith('file:') ? fileURLToPath(file) : file
}
