export interface ChangedLine {
  kind: 'del' | 'ins'
  text: string
}

/**
 * The lines that a change of names and addresses takes away and puts in their place, in the order of the file. It is for
 * small changes: a line that both texts hold counts as kept wherever it stands.
 */
export function changedLines(before: string, after: string): ChangedLine[] {
  const old = before.split('\n')
  const now = after.split('\n')
  const stays = new Set(old.filter((line) => now.includes(line)))
  const lines: ChangedLine[] = []
  let at = 0
  for (const line of old) {
    if (!stays.has(line)) {
      lines.push({ kind: 'del', text: line })
      continue
    }
    at = takeInserted(at)
    at += 1
  }
  takeInserted(at)
  return lines

  function takeInserted(from: number): number {
    let next = from
    for (let line = now[next]; line !== undefined && !stays.has(line); line = now[next]) {
      lines.push({ kind: 'ins', text: line })
      next += 1
    }
    return next
  }
}
