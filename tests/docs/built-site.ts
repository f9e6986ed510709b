import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const BUILT_DOCS = join(import.meta.dirname, '../../.vitepress/dist')

/** The pages of the built site by the name of their file; there are none if it was not built. */
export function builtPages(): string[] {
  return existsSync(BUILT_DOCS)
    ? readdirSync(BUILT_DOCS, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.html'))
    : []
}

export function builtFile(name: string): string {
  return readFileSync(join(BUILT_DOCS, name), 'utf8')
}
