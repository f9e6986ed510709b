import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { MarkdownOptions, MarkdownRenderer } from 'vitepress'
import { typesOfNames } from './types-of-names.ts'

const EXAMPLES = join(import.meta.dirname, '../../docs/examples')
const GUIDE = /^guides\//
const PROGRAM = /^[^.].*\.ts$/
const META = /\btypes=(?<file>[^\s#]+)#(?<region>[\w.-]*)/

type Transformer = NonNullable<MarkdownOptions['codeTransformers']>[number]

/** Has the programs that guides include know the types of their names: see `typeHovers`. */
export function typedSnippets(md: MarkdownRenderer): void {
  const { fence } = md.renderer.rules
  if (fence === undefined) return
  md.renderer.rules.fence = (tokens, index, options, env: { relativePath?: string }, self) => {
    const token = tokens[index]
    const { src, region = '' } = (token?.meta ?? {}) as { src?: string; region?: string }
    const file = src === undefined ? '' : relative(EXAMPLES, src)
    if (token !== undefined && GUIDE.test(env.relativePath ?? '') && PROGRAM.test(file)) {
      token.info += ` types=${file}#${region}`
    }
    return fence(tokens, index, options, env, self)
  }
}

/** Marks each name of such a program with what an editor would show for it, which the theme does. */
export const typeHovers: Transformer = {
  name: 'type-hovers',
  preprocess(code, options) {
    const { file, region = '' } = META.exec(String(options.meta?.__raw))?.groups ?? {}
    if (file === undefined) return
    const path = join(EXAMPLES, file)
    options.decorations = [
      ...(options.decorations ?? []),
      ...namesIn(code, path, region).map(({ start, end, text }, index) => ({
        start,
        end,
        // The first takes the Tab key, and the arrow keys go on from there.
        properties: { class: 'TypedName', 'data-type': text, tabindex: index === 0 ? 0 : -1 },
      })),
    ]
  },
}

/** The names in a part of a program, at their places in that part. */
function namesIn(code: string, path: string, region: string): { start: number; end: number; text: string }[] {
  const lines = readFileSync(path, 'utf8').split('\n')
  const names = typesOfNames(path)
  return placesOf(code, lines, region).flatMap(({ offset, line, shift }) =>
    names
      .filter((name) => name.line === line)
      .map(({ column, name, text }) => {
        const start = offset + column - shift
        return { start, end: start + name.length, text }
      }),
  )
}

/** Where each line of the part stands in the program, which may have it further to the right. */
function placesOf(
  code: string,
  lines: readonly string[],
  region: string,
): { offset: number; line: number; shift: number }[] {
  let line = region === '' ? -1 : lines.findIndex((text) => text.trimEnd().endsWith(`#region ${region}`))
  let offset = 0
  return code.split('\n').flatMap((shown) => {
    const begin = offset
    offset += shown.length + 1
    const found = lines.findIndex((text, index) => index > line && text.trim() === shown.trim())
    if (found === -1 || shown.trim() === '') return []
    line = found
    return [
      {
        offset: begin,
        line,
        shift: (lines[found] ?? '').indexOf(shown.trim()) - shown.indexOf(shown.trim()),
      },
    ]
  })
}
