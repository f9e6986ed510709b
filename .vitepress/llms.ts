import { readFile, writeFile } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'
import { examples } from './examples.ts'
import type { Page } from './pages.ts'

const DOCS = join(import.meta.dirname, '../docs')

const FRONT_MATTER = /^---\n[^]*?\n---\n/
const DESCRIPTION = /^description: (?<text>.*)$/m
const SNIPPET = /^<<< (?<path>[^\s#{[]+)(?:#(?<region>[\w.-]+))?.*$/gm
const PLAYGROUND = /^<Playground example="(?<name>[^"]+)".*$/gm
/** Drawings say nothing that the text does not. */
const OTHER_TAG = /^<\/?[A-Za-z].*>$/gm

export interface Section {
  text: string
  items: readonly Page[]
}

/** Writes what a language model reads instead of the pages: `llms.txt` lists them, `llms-full.txt` has their text. */
export async function writeLlmsFiles(
  folder: string,
  title: string,
  sections: readonly Section[],
): Promise<void> {
  const lists: string[] = []
  const texts: string[] = []
  for (const { text, items } of sections) {
    const lines: string[] = []
    for (const { text: name, link } of items) {
      const file = join(DOCS, link.endsWith('/') ? `${link}index.md` : `${link}.md`)
      const source = await readFile(file, 'utf8')
      const description = DESCRIPTION.exec(source)?.groups?.['text'] ?? ''
      lines.push(`- [${name}](${link}): ${description.replaceAll(/^"|"$/g, '')}`)
      texts.push(`<!-- ${link} -->\n\n${await plainMarkdown(source, dirname(file))}`)
    }
    lists.push(`## ${text}\n\n${lines.join('\n')}`)
  }
  await writeFile(join(folder, 'llms.txt'), `# ${title}\n\n${lists.join('\n\n')}\n`)
  await writeFile(join(folder, 'llms-full.txt'), `${texts.join('\n\n')}\n`)
}

/** A page with its programs in it. */
async function plainMarkdown(source: string, folder: string): Promise<string> {
  const text = source
    .replace(FRONT_MATTER, '')
    .replaceAll(PLAYGROUND, (_, name: string) =>
      programsOf(name)
        .map((file) => `<<< @/examples/${file}`)
        .join('\n\n'),
    )
    .replaceAll(OTHER_TAG, '')
  const parts: string[] = []
  let end = 0
  for (const { 0: line, index, groups } of text.matchAll(SNIPPET)) {
    const path = groups?.['path'] ?? ''
    const file = path.startsWith('@/') ? join(DOCS, path.slice(2)) : join(folder, path)
    const program = regionOf(await readFile(file, 'utf8'), groups?.['region'])
    parts.push(text.slice(end, index), `\`\`\`${extname(file).slice(1)}\n${program.trim()}\n\`\`\``)
    end = index + line.length
  }
  return [...parts, text.slice(end)]
    .join('')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()
}

function programsOf(name: string): string[] {
  const example = examples.get(name)
  return example === undefined ? [] : [example.server, example.client, ...(example.modules ?? [])]
}

/** What stands between the two comments that name the region. */
function regionOf(source: string, region: string | undefined): string {
  if (region === undefined) return source
  const lines = source.split('\n')
  const first = lines.findIndex((line) => line.trimEnd().endsWith(`#region ${region}`))
  const last = lines.findIndex((line) => line.trimEnd().endsWith(`#endregion ${region}`))
  return lines.slice(first + 1, last).join('\n')
}
