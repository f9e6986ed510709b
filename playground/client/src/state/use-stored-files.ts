import type { SourceFile } from '@playground/protocol'
import { onBeforeUnmount, onMounted, ref, watch, type Ref } from 'vue'
import * as v from 'valibot'
import type { EditableFile } from '../use-source-file.ts'
import { onStoredElsewhere, readStored, writeStored } from './browser-storage.ts'
import { keepLinkEdits } from './keep-link-edits.ts'

/** An edited file, as the browser keeps it. */
const storedFile = v.object({ source: v.string() })

const NOT_KEPT =
  'This browser keeps nothing (its storage is full, or private): your edits end with this page, so export them first'

/**
 * Keeps the reader's edits in the browser until Reset. Each file is kept by itself: in two tabs the last edit of a file
 * wins, and the other tab shows it and says so. `scope` sets apart files of the same name, and `shared` is what a link has
 * brought, which is kept only once it is edited. Returns what the reader should know of it.
 */
export function useStoredFiles(
  files: readonly EditableFile[],
  scope: string,
  shared: readonly SourceFile[],
): Ref<string> {
  const news = ref('')
  const kept = new Map<EditableFile, string | undefined>()
  const keyOf = (file: EditableFile): string => `file:${scope}/${file.name}`
  let stopListening: () => void = () => undefined

  function read(file: EditableFile): string | undefined {
    const stored = readStored(keyOf(file), storedFile)
    return stored?.source ?? shared.find(({ name }) => name === file.name)?.source
  }

  function keep(file: EditableFile): void {
    const source = file.edited.value ? file.text.value : undefined
    if (source === kept.get(file)) return
    kept.set(file, source)
    if (!writeStored(keyOf(file), source === undefined ? undefined : { source })) news.value = NOT_KEPT
    else if (news.value !== '') news.value = ''
    if (source !== undefined && shared.length > 0) keepLinkEdits(scope)
  }

  async function adopt(file: EditableFile): Promise<void> {
    const source = read(file)
    if (source === kept.get(file)) return
    kept.set(file, source)
    file.edit(source ?? (await file.original()))
    news.value = `Another tab has changed ${file.name}, and this one shows it: undo in the editor brings back what was here`
  }

  onMounted(() => {
    for (const file of files) {
      const source = read(file)
      kept.set(file, source)
      if (source !== undefined) file.edit(source)
      watch([file.text, file.edited], () => keep(file))
    }
    stopListening = onStoredElsewhere(() => void Promise.all(files.map(adopt)))
  })
  onBeforeUnmount(() => stopListening())
  return news
}
