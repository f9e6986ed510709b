import type { EditableFile } from '../use-source-file.ts'
import { changedLines, type ChangedLine } from './changed-lines.ts'
import { isUnix, type ServerKind } from './server-kind.ts'
import { withAddress } from './with-address.ts'
import { withServerClass } from './with-server-class.ts'

export interface Change {
  /** The name of the file. */
  file: string
  lines: readonly ChangedLine[]
}

/** Edits the server, which is the first of the files, and the others if its address changes; says what has changed. */
export function changeKind(
  [server, ...others]: readonly EditableFile[],
  before: ServerKind,
  kind: ServerKind,
): Change[] {
  const change = withServerClass(server?.text.value ?? '', kind)
  if (server === undefined || 'refusal' in change) return []
  const made = [edit(server, change.source)]
  if (isUnix(before.transport) !== isUnix(kind.transport)) {
    for (const file of others) {
      const moved = withAddress(file.text.value ?? '', kind.transport)
      if ('source' in moved) made.push(edit(file, moved.source))
    }
  }
  return made
}

function edit(file: EditableFile, text: string): Change {
  const lines = changedLines(file.text.value ?? '', text)
  file.edit(text)
  return { file: file.name, lines }
}
