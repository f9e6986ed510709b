import { onMounted, shallowRef, watch, type ShallowRef } from 'vue'
import type * as v from 'valibot'
import { readStored, writeStored } from './browser-storage.ts'

/** A setting or a layout that survives a reload; `initial` until the page is mounted, as the server has drawn it. */
export function useStoredValue<Schema extends v.GenericSchema>(
  key: string,
  schema: Schema,
  initial: v.InferOutput<Schema>,
): ShallowRef<v.InferOutput<Schema>> {
  const value = shallowRef(initial)
  onMounted(() => {
    value.value = readStored(key, schema) ?? value.value
    watch(value, (changed) => writeStored(key, changed))
  })
  return value
}
