import { closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language'
import { EditorState } from '@codemirror/state'
import { EditorView, keymap, lineNumbers } from '@codemirror/view'
import { codeHighlighting, codeLanguage, codeTheme } from './code-theme.ts'

interface CodeEditorOptions {
  host: HTMLElement
  source: string
  label: string
  changed(source: string): void
}

/** Tab is not bound, so that it leaves the editor; Ctrl-] and Ctrl-[ indent. */
export function openCodeEditor({ host, source, label, changed }: CodeEditorOptions): EditorView {
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
      EditorView.contentAttributes.of({ 'aria-label': label }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) changed(update.state.doc.toString())
      }),
      keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap]),
    ],
  })
  return new EditorView({ parent: host, state })
}

/** One transaction, so that undo brings the reader's text back. */
export function replaceCode(view: EditorView, source: string): void {
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: source }, userEvent: 'input.reset' })
}
