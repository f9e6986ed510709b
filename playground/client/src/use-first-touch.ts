import { readonly, ref, type Ref } from 'vue'
import type { SessionConnection } from './session-connection.ts'
import type { EditableFile } from './use-source-file.ts'

interface FirstTouch {
  /** The reader has begun to use the playground. */
  touched: Readonly<Ref<boolean>>
  /** Loads what the reader is about to need. */
  prefetch(): void
  /** Called whenever the reader does something in the playground. */
  touch(): void
}

/** Nothing of a playground is loaded, and no connection opened, before the reader reaches for it. */
export function useFirstTouch(session: SessionConnection, files: readonly EditableFile[]): FirstTouch {
  const touched = ref(false)

  function prefetch(): void {
    void Promise.all([import('./terminal-screen.ts'), import('./code-editor.ts')])
    // Both now: later the network may be gone.
    void Promise.all(files.map((file) => file.original()))
  }

  function touch(): void {
    if (touched.value) return
    touched.value = true
    // A reader who only edits has no use for a complaint about the connection; Start tries again and says it.
    session.open().catch(() => undefined)
    prefetch()
  }

  return { touched: readonly(touched), prefetch, touch }
}
