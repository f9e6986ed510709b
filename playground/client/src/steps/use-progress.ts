import { onBeforeUnmount, onMounted } from 'vue'
import * as v from 'valibot'
import { onStoredElsewhere, readStored, writeStored } from '../state/browser-storage.ts'
import { PROGRESS_KEY, solvedSteps } from './solved-steps.ts'

const progress = v.array(v.string())

/** Reads what this browser has kept; without anything, what the page knows stays. */
export function readProgress(): void {
  solvedSteps.value = readStored(PROGRESS_KEY, progress) ?? solvedSteps.value
}

/** Follows the steps that the reader has solved: they survive a reload, and tabs share them. Returns what adds one. */
export function useProgress(): (server: string) => void {
  let stopListening: () => void = () => undefined

  onMounted(() => {
    readProgress()
    stopListening = onStoredElsewhere(readProgress)
  })
  onBeforeUnmount(() => stopListening())
  return (server) => {
    // Another tab may have solved others meanwhile.
    readProgress()
    if (solvedSteps.value.includes(server)) return
    solvedSteps.value = [...solvedSteps.value, server]
    writeStored(PROGRESS_KEY, solvedSteps.value)
  }
}
