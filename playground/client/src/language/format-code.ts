import type { EditorView } from '@codemirror/view'
import type { LanguageFolder } from './language-folder.ts'

/** One transaction, so that undo takes it back; the cursor stays where it was in the text. */
export async function formatCode(view: EditorView, folder: LanguageFolder, file: string): Promise<void> {
  const { doc } = view.state
  const changes = await folder.formatting(file)
  if (view.state.doc === doc) view.dispatch({ changes, userEvent: 'input.format', scrollIntoView: true })
}
