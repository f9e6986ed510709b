import { effectScope, inject, onScopeDispose, ref, watch, type Ref } from 'vue'
import { languageTypesKey } from '../source-loader.ts'
import type { EditableFile } from '../use-source-file.ts'
import type { LanguageFolder } from './language-folder.ts'

export interface Language {
  /** Completion, hovers and problems are there, will not be, or have not been asked for. */
  readonly state: Ref<'closed' | 'loading' | 'ready' | 'failed'>
  /** Grows when a file has changed: what is said of the others may have, too. */
  readonly changes: Ref<number>
  /** Resolves to undefined where the language service cannot be loaded; the editor works without. */
  open(): Promise<LanguageFolder | undefined>
}

/** The language service for the files of one playground; it loads when an editor asks for it. */
export function useLanguage(files: readonly EditableFile[]): Language {
  const typesUrl = inject(languageTypesKey)
  const state: Language['state'] = ref('closed')
  const changes = ref(0)
  const scope = effectScope()
  let opened: Promise<LanguageFolder | undefined> | undefined

  onScopeDispose(() => void opened?.then((folder) => folder?.close()))

  async function load(): Promise<LanguageFolder | undefined> {
    state.value = 'loading'
    try {
      if (typesUrl === undefined)
        throw new Error('No types are provided: the theme must provide "languageTypesKey"')
      const [{ openLanguageFolder }, url] = await Promise.all([import('./language-folder.ts'), typesUrl()])
      const [folder] = await Promise.all([openLanguageFolder(url), ...files.map((file) => file.original())])
      scope.run(() => {
        for (const { name, text } of files) {
          const send = (source = ''): void => {
            void folder.setFile(name, source)
            changes.value += 1
          }
          // At once: what the editor asks next must be answered for this text.
          watch(text, send, { immediate: true, flush: 'sync' })
        }
      })
      state.value = 'ready'
      return folder
    } catch (error) {
      if (!(error instanceof Error)) throw error
      // The next editor that opens tries again.
      opened = undefined
      state.value = 'failed'
      return undefined
    }
  }

  return { state, changes, open: () => (opened ??= load()) }
}
