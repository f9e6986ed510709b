import { codeOnly } from './code-text.ts'

const NAMED_IMPORT = /^import\s*\{(?<names>[^}]*)\}\s*from\s*(?=['"]socketserver-ts['"])/m
const ANY_NAMED_IMPORT = /^import\s*(?:type\s*)?\{[^}]*\}/gm
const MAX_LINE_LENGTH = 110

/**
 * The program with `names` among what it imports from the library, and without those of `dropped` that it does not use.
 * Returns undefined if it has no `import { … } from 'socketserver-ts'`.
 */
export function withImports(
  source: string,
  names: readonly string[],
  dropped: readonly string[],
): string | undefined {
  const match = NAMED_IMPORT.exec(source)
  const list = match?.groups?.['names']
  if (match === null || list === undefined) return undefined
  const imported = list.split(',').map((name) => name.trim())
  const kept = imported.filter((name) => name !== '' && (!dropped.includes(bare(name)) || uses(source, name)))
  const all = [...new Set([...kept, ...names])]
  const line = `import { ${all.join(', ')} } from `
  const fits = line.length + "'socketserver-ts'".length <= MAX_LINE_LENGTH
  const written = fits ? line : `import {\n${all.map((name) => `  ${name},\n`).join('')}} from `
  return source.slice(0, match.index) + written + source.slice(match.index + match[0].length)
}

/** Whether the code has the imported name outside its imports. */
export function uses(source: string, name: string): boolean {
  return new RegExp(`\\b${bare(name)}\\b`).test(codeWithoutImports(source))
}

/** The code where imported names are used. */
export function codeWithoutImports(source: string): string {
  return codeOnly(source).replace(ANY_NAMED_IMPORT, '')
}

function bare(name: string): string {
  return name.replace(/^type\s+/, '')
}
