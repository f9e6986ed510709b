import { realpathSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { isMainThread } from 'node:worker_threads'

/**
 * Tells whether the module is the program that was started, and not imported by another one, by a thread or by a
 * child; called as `if (isMain(import.meta))`. Follows Python's `if __name__ == "__main__"`.
 */
export function isMain(meta: ImportMeta): boolean {
  const program = process.argv[1]
  if (!isMainThread || program === undefined) return false
  try {
    return meta.url === pathToFileURL(realpathSync(program)).href
  } catch {
    // argv[1] names no file: the program came from standard input or from `node -e`.
    return false
  }
}
