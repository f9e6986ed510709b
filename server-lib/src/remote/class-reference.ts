import { setTimeout } from 'node:timers/promises'
import { SocketServerError } from '../errors.ts'
import { moduleUrlOf } from './module-url.ts'

/** Where a thread or a child process imports a class from. */
export interface ClassReference {
  moduleUrl: string
  exportName: string
}

/** A class, of which only its place matters here. */
export type AnyClass = abstract new (...args: never[]) => object

/**
 * A main script that waits in a top-level `await` never finishes importing itself; its class is then taken by its
 * name, which the first thread or child checks.
 */
const IMPORT_PATIENCE_MS = 50

const MIX_INS_URL = new URL('../concurrency/', import.meta.url).href

const found = new WeakMap<AnyClass, Promise<ClassReference | null>>()

/**
 * Where `Class` can be imported from: from its `static moduleUrl`, else from the module in which it was defined.
 * @throws {SocketServerError} ERR_NOT_EXPORTED if that module does not export it.
 */
export async function referenceTo(Class: AnyClass): Promise<ClassReference> {
  const reference = await exportOf(Class)
  if (reference !== null) return reference
  throw new SocketServerError(
    'ERR_NOT_EXPORTED',
    `Cannot serve "${Class.name}" in a thread or child process: its module must export it, or its static moduleUrl must name a module that does`,
  )
}

/**
 * Where the class of a server can be imported from. A class that adds no methods need not be exported: its base stands
 * in for it, because its fields are copied with the server's own. So it does for what a mix-in of this library has made.
 */
export function referenceToServer(Class: AnyClass): Promise<ClassReference> {
  let candidate = Class
  while (!hasMethods(candidate) || isMixIn(candidate))
    candidate = Object.getPrototypeOf(candidate) as AnyClass
  return referenceTo(candidate)
}

function exportOf(Class: AnyClass): Promise<ClassReference | null> {
  const known = found.get(Class)
  if (known !== undefined) return known
  const reference = findExport(Class)
  found.set(Class, reference)
  return reference
}

async function findExport(Class: AnyClass): Promise<ClassReference | null> {
  const moduleUrl = namedModuleUrl(Class) ?? moduleUrlOf(Class)
  if (moduleUrl === null) return null
  const exported = await importWithin(moduleUrl, IMPORT_PATIENCE_MS)
  if (exported === null) return { moduleUrl, exportName: Class.name }
  const same = Object.entries(exported).find(([, value]) => value === Class)
  if (same !== undefined) return { moduleUrl, exportName: same[0] }
  // A test runner or a loader may have made a second instance of the module, with classes of its own.
  const isNamed = typeof exported[Class.name] === 'function'
  return isNamed ? { moduleUrl, exportName: Class.name } : null
}

function namedModuleUrl(Class: AnyClass): string | null {
  if (!Object.hasOwn(Class, 'moduleUrl')) return null
  const { moduleUrl } = Class as { moduleUrl?: unknown }
  if (typeof moduleUrl === 'string' || moduleUrl instanceof URL) return String(moduleUrl)
  throw new TypeError(
    `Cannot import "${Class.name}" from ${String(moduleUrl)}: static moduleUrl must be a URL`,
  )
}

/** The exports of a module, or null if it cannot be imported here (TypeScript, say) or not yet. */
async function importWithin(moduleUrl: string, timeoutMs: number): Promise<Record<string, unknown> | null> {
  const late = new AbortController()
  try {
    return await Promise.race([
      import(moduleUrl) as Promise<Record<string, unknown>>,
      setTimeout(timeoutMs, null, { signal: late.signal }),
    ])
  } catch {
    return null
  } finally {
    late.abort()
  }
}

function hasMethods(Class: AnyClass): boolean {
  return Reflect.ownKeys(Class.prototype as object).length > 1
}

// The classes that a mix-in makes stand inside a function of the library, the others are exported under their names.
function isMixIn(Class: AnyClass): boolean {
  return moduleUrlOf(Class)?.startsWith(MIX_INS_URL) ?? false
}
