import { expose, proxy, type ProxyMarked } from 'comlink'
import { LanguageService } from './language-service.ts'
import type { LanguageTypes } from './language-types.ts'
import { transpileModules } from './transpile-modules.ts'

async function openLanguageService(typesUrl: string): Promise<LanguageService & ProxyMarked> {
  const response = await fetch(typesUrl)
  if (!response.ok)
    throw new Error(`Cannot load "${typesUrl}": status 200 is required, not ${response.status}`)
  // The site that serves the page has written them: nothing is to be validated.
  return proxy(new LanguageService((await response.json()) as LanguageTypes))
}

const worker = { openLanguageService, transpileModules }

export type LanguageWorker = typeof worker

expose(worker)
