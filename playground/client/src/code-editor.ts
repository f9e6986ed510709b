import { closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language'
import { EditorState } from '@codemirror/state'
import { EditorView, keymap, lineNumbers } from '@codemirror/view'
import { codeHighlighting, codeLanguage, codeTheme } from './code-theme.ts'

interface CodeEditorOptions {
  host: HTMLElement
  source: string
  name: string
  changed(source: string): void
}

/** Tab is not bound, so that it leaves the editor; Ctrl-] and Ctrl-[ indent. */
export function openCodeEditor({ host, source, name, changed }: CodeEditorOptions): EditorView {
  const state = EditorState.create({
    doc: source,
    extensions: [
      lineNumbers(),
      history(),
      indentOnInput(),
      indentUnit.of('  '),
      bracketMatching(),
      closeBrackets(),
      codeLanguage,
      syntaxHighlighting(codeHighlighting),
      codeTheme,
      EditorView.contentAttributes.of({ 'aria-label': `${name}, editor. Tab leaves it` }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) changed(update.state.doc.toString())
      }),
      keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap]),
    ],
  })
  const view = new EditorView({ parent: host, state })
  // Long lines scroll, and the keyboard must be able to scroll them without editing.
  view.scrollDOM.tabIndex = 0
  view.scrollDOM.role = 'group'
  view.scrollDOM.ariaLabel = `${name}, scrollable`
  return view
}

/** One transaction, so that undo brings the reader's text back. */
export function replaceCode(view: EditorView, source: string): void {
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: source }, userEvent: 'input.reset' })
}
