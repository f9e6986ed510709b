import { wrap, type Remote } from 'comlink'
import type { LanguageWorker } from './language-worker.ts'

let opened: Promise<Remote<LanguageWorker>> | undefined

/** The one worker of the site that holds TypeScript. @throws if it cannot be loaded; a later call tries again. */
export function openLanguageWorker(): Promise<Remote<LanguageWorker>> {
  opened ??= open().catch((error: unknown) => {
    opened = undefined
    throw error
  })
  return opened
}

async function open(): Promise<Remote<LanguageWorker>> {
  const worker = new Worker(new URL('./language-worker.ts', import.meta.url), {
    type: 'module',
    name: 'TypeScript',
  })
  const remote = wrap<LanguageWorker>(worker)
  let fail = (): void => undefined
  const failed = new Promise<never>((_, reject) => {
    fail = () => reject(new Error('Cannot load the TypeScript worker'))
  })
  worker.addEventListener('error', fail)
  try {
    await Promise.race([remote.transpileModules([]), failed])

    return remote
  } catch (error) {
    worker.terminate()
    throw error
  } finally {
    worker.removeEventListener('error', fail)
  }
}
