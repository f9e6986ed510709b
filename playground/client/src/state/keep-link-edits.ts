import * as v from 'valibot'
import { forgetStored, readStored, writeStored } from './browser-storage.ts'

const KEY = 'links'

/** Of the links that a reader has opened and edited, the edits of so many are kept. */
const MAX_LINKS = 20

const scopes = v.array(v.string())

/** Called when edits of a link are kept under `scope`: those of the link that was edited longest ago may have to go. */
export function keepLinkEdits(scope: string): void {
  const known = readStored(KEY, scopes) ?? []
  if (known.at(-1) === scope) return
  const all = [...known.filter((other) => other !== scope), scope]
  for (const old of all.slice(0, -MAX_LINKS)) forgetStored(`file:${old}/`)
  writeStored(KEY, all.slice(-MAX_LINKS))
}
