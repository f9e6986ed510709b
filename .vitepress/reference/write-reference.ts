import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eventsMarkdown } from './events.ts'
import { readLibrary } from './library.ts'
import { pageMarkdown } from './markdown.ts'
import { REFERENCE_PAGES } from './plan.ts'

/** Where VitePress finds the generated pages: made anew by each build, and not kept. */
export const REFERENCE_FOLDER = join(import.meta.dirname, '../../docs/reference/api')

/** The first places of the sidebar are the pages that are written by hand. */
const FIRST_ORDER = 10

/** The generated pages by the name of their file. */
export function referencePages(): Map<string, string> {
  const library = readLibrary()
  return new Map([
    ...REFERENCE_PAGES.map(
      (page, index) => [`${page.name}.md`, pageMarkdown(page, FIRST_ORDER + index, library)] as const,
    ),
    ['events.md', eventsMarkdown(FIRST_ORDER + REFERENCE_PAGES.length)],
  ])
}

/** Writes the pages of the reference into `folder`, which is theirs alone. */
export async function writeReference(folder: string): Promise<void> {
  const pages = referencePages()
  await mkdir(folder, { recursive: true })
  const stale = (await readdir(folder)).filter((file) => !pages.has(file))
  await Promise.all(stale.map((file) => rm(join(folder, file))))
  for (const [name, markdown] of pages) {
    const file = join(folder, name)
    // A page that has not changed is left alone, or the development server would reload it.
    if (existsSync(file) && (await readFile(file, 'utf8')) === markdown) continue
    await writeFile(file, markdown)
  }
}
