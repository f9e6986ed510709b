import {
  forEachDiagnostic,
  linter,
  lintGutter,
  nextDiagnostic,
  previousDiagnostic,
  setDiagnosticsEffect,
  type Diagnostic,
} from '@codemirror/lint'
import { StateEffect, type EditorState, type Extension } from '@codemirror/state'
import { EditorView, keymap, type Command } from '@codemirror/view'
import type { LineProblem } from '../use-source-file.ts'

const LINT_DELAY_MS = 250
const RUN_ERROR_CLASS = 'cm-run-error'
const ANNOUNCED = { error: 'Error', warning: 'Warning', info: 'Note', hint: 'Note' } as const

/** Sent when another file or a run has changed what is wrong with this one. */
export const problemsChanged = StateEffect.define()

interface ProblemSources {
  /** Where a run has failed. */
  runErrors(): readonly LineProblem[]
  /** Called with what TypeScript says, whenever that changes. */
  typeProblemsChanged(problems: LineProblem[]): void
}

/** Marks problems in the text and beside it. F8 and Shift-F8 go from one to the next and say it. */
export function problemsExtension({ runErrors, typeProblemsChanged }: ProblemSources): Extension {
  return [
    lintGutter(),
    linter((view) => runErrors().flatMap((error) => toDiagnostic(view.state, error)), {
      delay: LINT_DELAY_MS,
      needsRefresh: ({ transactions }) =>
        transactions.some(({ effects }) => effects.some((effect) => effect.is(problemsChanged))),
    }),
    EditorView.updateListener.of(({ transactions, state }) => {
      const effects = transactions.flatMap((transaction) => transaction.effects)
      if (effects.some((effect) => effect.is(setDiagnosticsEffect))) typeProblemsChanged(typeProblems(state))
    }),
    keymap.of([
      { key: 'F8', run: spoken(nextDiagnostic) },
      { key: 'Shift-F8', run: spoken(previousDiagnostic) },
    ]),
  ]
}

function toDiagnostic(state: EditorState, { line: number, message }: LineProblem): Diagnostic[] {
  if (number > state.doc.lines) return []
  const line = state.doc.line(number)
  const indent = line.text.length - line.text.trimStart().length
  return [
    {
      from: line.from + indent,
      to: line.to,
      severity: 'error',
      source: 'The last run',
      markClass: RUN_ERROR_CLASS,
      message,
    },
  ]
}

function typeProblems(state: EditorState): LineProblem[] {
  const problems: LineProblem[] = []
  forEachDiagnostic(state, ({ message, markClass }, from) => {
    if (markClass !== RUN_ERROR_CLASS) problems.push({ line: state.doc.lineAt(from).number, message })
  })
  return problems
}

function spoken(move: Command): Command {
  return (view) => {
    move(view)
    const { from } = view.state.selection.main
    const messages: string[] = []
    forEachDiagnostic(view.state, ({ severity, message }, start) => {
      if (start === from) messages.push(`${ANNOUNCED[severity]}: ${message}`)
    })
    const line = view.state.doc.lineAt(from).number
    const text = messages.length === 0 ? 'No problems' : `Line ${line}. ${messages.join('. ')}`
    view.dispatch({ effects: EditorView.announce.of(text) })
    // Handled even without a problem: the browser has no better use for the key.
    return true
  }
}
