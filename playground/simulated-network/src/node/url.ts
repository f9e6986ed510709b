import { moduleUrlOf } from '../program/module-urls.ts'

/** Where the module with this path was loaded from: a program asks whether it is itself that module. */
export function pathToFileURL(path: string): URL {
  return new URL(moduleUrlOf(path) ?? `file://${path}`)
}

export function fileURLToPath(url: string | URL): string {
  return new URL(url).pathname
}
