import { closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language'
import { forceLinting } from '@codemirror/lint'
import { Compartment, EditorState, Prec } from '@codemirror/state'
import { EditorView, keymap, lineNumbers, tooltips } from '@codemirror/view'
import { codeHighlighting, codeLanguage, codeTheme } from './code-theme.ts'
import { formatCode } from './language/format-code.ts'
import { languageExtension } from './language/language-extension.ts'
import type { LanguageFolder } from './language/language-folder.ts'
import { problemsChanged, problemsExtension } from './language/problems-extension.ts'
import { toolTheme } from './language/tool-theme.ts'
import type { EditableFile } from './use-source-file.ts'

/** The editor of one file of a playground. */
export class CodeEditor {
  readonly view: EditorView
  readonly #file: EditableFile
  readonly #language = new Compartment()
  readonly #solution = new Compartment()
  #folder: LanguageFolder | undefined

  /** Tab is not bound, so that it leaves the editor; Ctrl-] and Ctrl-[ indent. */
  constructor(host: HTMLElement, file: EditableFile, source: string) {
    const { name } = file
    this.#file = file
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
        toolTheme,
        // The playground clips what it holds, and a tooltip must be free to leave it.
        tooltips({ position: 'fixed' }),
        EditorView.contentAttributes.of({ 'aria-label': `${name}, editor. Tab leaves it` }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) file.edit(update.state.doc.toString())
        }),
        problemsExtension({
          runErrors: () => file.runErrors.value,
          typeProblemsChanged: (problems) => (file.typeProblems.value = problems),
        }),
        // Before the default keys: there Enter begins a new line, here it may take a completion.
        Prec.high(this.#language.of([])),
        this.#solution.of([]),
        keymap.of([
          { key: 'Shift-Alt-f', run: () => this.format() },
          ...closeBracketsKeymap,
          ...defaultKeymap,
          ...historyKeymap,
        ]),
      ],
    })
    this.view = new EditorView({ parent: host, state })
    // Long lines scroll, and the keyboard must be able to scroll them without editing.
    this.view.scrollDOM.tabIndex = 0
    this.view.scrollDOM.role = 'group'
    this.view.scrollDOM.ariaLabel = `${name}, scrollable`
  }

  /** Completion, hovers and problems begin. */
  setLanguage(folder: LanguageFolder): void {
    this.#folder = folder
    this.view.dispatch({ effects: this.#language.reconfigure(languageExtension(folder, this.#file.name)) })
    forceLinting(this.view)
  }

  refreshProblems(): void {
    this.view.dispatch({ effects: problemsChanged.of(null) })
  }

  /** Returns whether there is a language service to format with. */
  format(): boolean {
    if (this.#folder === undefined) return false
    void formatCode(this.view, this.#folder, this.#file.name)
    return true
  }

  /** Compares with `solution`; no longer with undefined. */
  async compare(solution: string | undefined): Promise<void> {
    const { solutionDiff } = await import('./language/solution-diff.ts')
    const extension = solution === undefined ? [] : solutionDiff(solution)
    this.view.dispatch({ effects: this.#solution.reconfigure(extension) })
  }

  /** One transaction, so that undo brings the reader's text back. */
  replace(source: string): void {
    const { view } = this
    view.dispatch({
      changes: { from: 0, to: view.state.doc.length, insert: source },
      userEvent: 'input.reset',
    })
  }

  placeCursor(at: { x: number; y: number }): void {
    this.view.dispatch({ selection: { anchor: this.view.posAtCoords(at, false) } })
    this.view.focus()
  }

  goToLine(number: number): void {
    const { doc } = this.view.state
    const { from } = doc.line(Math.min(number, doc.lines))
    this.view.dispatch({
      selection: { anchor: from },
      effects: EditorView.scrollIntoView(from, { y: 'nearest' }),
    })
    this.view.focus()
  }
}
