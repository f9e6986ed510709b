import { Lock } from '../concurrency/lock.ts'

const LOCK_KEY = 'socketserver-ts.lock'

/** Objects that were cloned before without an error; most fields hold the same object in every request. */
const cloneable = new WeakSet()

/** A field as it travels to a thread or child, or undefined if it cannot. */
export function encodeField(value: unknown): { value: unknown } | undefined {
  if (value instanceof Lock) return { value: { [LOCK_KEY]: Lock.bufferOf(value) } }
  if (typeof value === 'function' || typeof value === 'symbol') return undefined
  if (typeof value !== 'object' || value === null || cloneable.has(value)) return { value }
  try {
    structuredClone(value)
  } catch (error) {
    if (error instanceof DOMException) return undefined
    throw error
  }
  cloneable.add(value)
  return { value }
}

/** The field where it has arrived. */
export function decodeField(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !(LOCK_KEY in value)) return value
  return Lock.over(value[LOCK_KEY] as SharedArrayBuffer)
}
