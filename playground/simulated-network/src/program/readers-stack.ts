import { originOf } from './source-positions.ts'

/** A frame as Chromium writes it, `    at f (blob:…:1:2)`, or as Firefox and Safari do, `f@blob:…:1:2`. */
const FRAME =
  /^\s*(?:at )?(?:(?<name>[^@]*?)(?: \(|@))?(?<url>(?:blob:)?https?:[^\s()]+):(?<line>\d+):(?<column>\d+)\)?$/
const ANY_FRAME = /^\s+at |^[^\s@]*@/

/** The heading of an error and the frames of the reader's own files, in lines of their TypeScript. */
export function readersStack(error: Error): string {
  const frames = (error.stack ?? '').split('\n').flatMap((line) => {
    if (!ANY_FRAME.test(line)) return []
    const { name = '', url = '', line: row, column } = FRAME.exec(line)?.groups ?? {}
    const origin = originOf(url, Number(row), Number(column))
    if (origin === undefined) return []
    return [`    at ${name === '' ? origin : `${name.replace(/^async\*/, 'async ')} (${origin})`}`]
  })
  return [String(error), ...frames].join('\n')
}
