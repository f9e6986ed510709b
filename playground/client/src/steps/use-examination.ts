import { onBeforeUnmount, ref, type Ref } from 'vue'
import type { Examined, Examination, Part } from './examine-server.ts'

interface ServerExamination {
  readonly isRunning: Ref<boolean>
  /** Resolves to how it went, or to why it did not come to its end. */
  run(hear: (data: Uint8Array) => void): Promise<Examination | { problem: string }>
  cancel(): void
}

/** Runs a part of an example against the reader's server, one at a time; what it takes is loaded with the first. */
export function useExamination(examined: Examined, part: Part): ServerExamination {
  const isRunning = ref(false)
  let controller = new AbortController()

  onBeforeUnmount(() => controller.abort())

  return {
    isRunning,
    async run(hear) {
      isRunning.value = true
      controller = new AbortController()
      try {
        const { examineServer } = await import('./examine-server.ts')
        return await examineServer(examined, part, hear, controller.signal)
      } catch (error) {
        if (!(error instanceof Error)) throw error
        return { problem: error.message }
      } finally {
        isRunning.value = false
      }
    },
    cancel: () => controller.abort(),
  }
}
