import { onMounted, reactive, watch } from 'vue'
import * as v from 'valibot'
import { readStored, writeStored } from '../state/browser-storage.ts'
import { DEFAULT_KNOBS, type ClientKnobs } from './client-knobs.ts'

const MAX_TEXT_CHARACTERS = 1000

const amount = v.union([v.literal(''), v.pipe(v.number(), v.minValue(0))])
const storedKnobs: v.GenericSchema<ClientKnobs> = v.object({
  burst: v.boolean(),
  clients: amount,
  atATime: amount,
  text: v.pipe(v.string(), v.maxLength(MAX_TEXT_CHARACTERS)),
  delayMs: amount,
  bytesPerSecond: amount,
  chunkBytes: amount,
  ending: v.picklist(['stay', 'half-close', 'abort']),
  lossPercent: amount,
  reorderPercent: amount,
  duplicatePercent: amount,
})

/** What the reader sets for the next ready client of the server `server`, as it was set last in this browser. */
export function useStoredKnobs(server: string): ClientKnobs {
  const knobs = reactive({ ...DEFAULT_KNOBS })
  onMounted(() => {
    const key = `client-knobs/${server}`
    Object.assign(knobs, readStored(key, storedKnobs))
    watch(knobs, () => writeStored(key, knobs))
  })
  return knobs
}
