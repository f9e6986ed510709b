import * as v from 'valibot'
import { storageKey } from './storage-key.ts'

/** What this browser has kept under `key`; undefined if that is nothing, not of the schema, or the browser refuses to tell. */
export function readStored<Schema extends v.GenericSchema>(
  key: string,
  schema: Schema,
): v.InferOutput<Schema> | undefined {
  try {
    const result = v.safeParse(
      v.pipe(v.string(), v.parseJson(), schema),
      localStorage.getItem(storageKey(key)),
    )
    return result.success ? result.output : undefined
  } catch {
    // A browser may refuse even the look at its storage, as in a frame without cookies.
    return undefined
  }
}

/** Keeps `value`, or with undefined nothing; returns false if the browser refuses: it is full, or private. */
export function writeStored(key: string, value: unknown): boolean {
  try {
    if (value === undefined) localStorage.removeItem(storageKey(key))
    else localStorage.setItem(storageKey(key), JSON.stringify(value))
    return true
  } catch {
    return false
  }
}

/** Forgets every value whose key begins so. */
export function forgetStored(keyBegin: string): void {
  try {
    const begin = storageKey(keyBegin)
    for (const key of Object.keys(localStorage).filter((name) => name.startsWith(begin)))
      localStorage.removeItem(key)
  } catch {
    // As above: what cannot be looked at holds nothing of ours.
  }
}

/**
 * Calls `listener` when another tab may have changed what is kept: at once, and when a tab that slept wakes up.
 * Returns what ends that.
 */
export function onStoredElsewhere(listener: () => void): () => void {
  const woken = (): void => {
    if (document.visibilityState === 'visible') listener()
  }
  addEventListener('storage', listener)
  addEventListener('pageshow', woken)
  document.addEventListener('visibilitychange', woken)
  return () => {
    removeEventListener('storage', listener)
    removeEventListener('pageshow', woken)
    document.removeEventListener('visibilitychange', woken)
  }
}
