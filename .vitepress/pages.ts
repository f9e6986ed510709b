import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

const DOCS = join(import.meta.dirname, '../docs')
const FRONT_MATTER = /^---\n(?<yaml>.*?)\n---\n/s

export interface Page {
  text: string
  link: string
}

/** The pages of folders of docs in the order that their front matter gives, those without one at the end. */
export function pagesIn(...folders: string[]): Page[] {
  return folders
    .flatMap((folder) => readdirSync(join(DOCS, folder)).map((file) => ({ folder, file })))
    .filter(({ file }) => file.endsWith('.md'))
    .map(({ folder, file }) => {
      const link = `/${folder}/${file.replace(/(index)?\.md$/, '')}`
      const { title = link, order = Infinity } = frontMatterOf(join(DOCS, folder, file))
      return { text: String(title), link, order: Number(order) }
    })
    .sort((a, b) => (a.order === b.order ? a.link.localeCompare(b.link) : a.order - b.order))
    .map(({ text, link }) => ({ text, link }))
}

function frontMatterOf(file: string): { title?: unknown; order?: unknown } {
  const yaml = FRONT_MATTER.exec(readFileSync(file, 'utf8'))?.groups?.['yaml']
  const fields: unknown = yaml === undefined ? undefined : parse(yaml)
  return typeof fields === 'object' && fields !== null ? fields : {}
}
