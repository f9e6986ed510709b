import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { SocketServerError } from '../errors.ts'
import type { ClassReference } from './class-reference.ts'

const TYPESCRIPT = /\.[cm]?tsx?(\?|$)/

/**
 * Imports a class where requests are served, TypeScript too.
 * @throws {SocketServerError} ERR_NOT_EXPORTED, or ERR_UNSUPPORTED where nothing here can run TypeScript.
 */
export async function importClass({ moduleUrl, exportName }: ClassReference): Promise<unknown> {
  if (TYPESCRIPT.test(moduleUrl)) await registerTypeScript(moduleUrl)
  const exported = await importModule(moduleUrl)
  const Class = exported[exportName]
  if (typeof Class === 'function') return Class
  throw new SocketServerError(
    'ERR_NOT_EXPORTED',
    `Cannot serve "${exportName}" in a thread or child process: ${fileURLToPath(moduleUrl)} must export it`,
  )
}

let importing = 0

/** Whether a thread or child process is importing the program, which must then not start its servers once more. */
export function isImportingProgram(): boolean {
  return importing > 0
}

async function importModule(moduleUrl: string): Promise<Record<string, unknown>> {
  importing++
  try {
    return (await import(moduleUrl)) as Record<string, unknown>
  } finally {
    importing--
  }
}

let registered = false

async function registerTypeScript(moduleUrl: string): Promise<void> {
  const { typescript } = process.features as { typescript?: string | false }
  if (registered || typescript) return
  const { register } = (await import(tsxFor(moduleUrl))) as { register: () => unknown }
  register()
  registered = true
}

function tsxFor(moduleUrl: string): string {
  try {
    const api = createRequire(moduleUrl).resolve('tsx/esm/api')
    // What require() resolves to is tsx's build for it, which registers a file that does not exist (tsx 4.23).
    return pathToFileURL(api.replace(/\.cjs$/, '.mjs')).href
  } catch (error) {
    throw new SocketServerError(
      'ERR_UNSUPPORTED',
      `Cannot load ${fileURLToPath(moduleUrl)} in a thread or child process: compile it, install tsx, or use Node 22.18 or later`,
      { cause: error },
    )
  }
}
