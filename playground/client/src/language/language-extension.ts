import {
  acceptCompletion,
  autocompletion,
  completionKeymap,
  insertCompletionText,
  pickedCompletion,
  selectedCompletion,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete'
import type { Extension } from '@codemirror/state'
import { linter } from '@codemirror/lint'
import { hoverTooltip, keymap, type Command, type EditorView } from '@codemirror/view'
import type { Completion } from './language-answers.ts'
import type { LanguageFolder } from './language-folder.ts'
import { descriptionAtCursor, showDescriptionAtCursor } from './description-at-cursor.ts'
import { renderDescription } from './render-description.ts'

const HOVER_TIME_MS = 150
const WORD = /[\w$]+$/
const STARTS_COMPLETION = /(?:[\w$]|\.|['"/])$/
/** TypeScript's kinds that CodeMirror has an icon for under another name. */
const ICONS = new Map([
  ['const', 'constant'],
  ['let', 'variable'],
  ['var', 'variable'],
  ['local var', 'variable'],
  ['parameter', 'variable'],
  ['alias', 'variable'],
  ['local function', 'function'],
  ['getter', 'property'],
  ['setter', 'property'],
  ['module', 'namespace'],
])

/** Problems, completion and hovers of one file of `folder`. F1 says at the cursor what a hover says under the pointer. */
export function languageExtension(folder: LanguageFolder, file: string): Extension {
  const describe = async (position: number) => folder.hover(file, position)
  return [
    autocompletion({
      override: [(context) => complete(folder, file, context)],
      defaultKeymap: false,
      icons: true,
    }),
    keymap.of([
      ...completionKeymap.filter(({ key }) => key !== 'Enter'),
      { key: 'Enter', run: acceptUnlessWritten },
      { key: 'F1', run: (view) => showDescriptionAtCursor(view, describe) },
    ]),
    hoverTooltip(
      async (view, position) => {
        const { doc } = view.state
        const hover = await describe(position)
        if (hover === undefined || view.state.doc !== doc) return null
        return {
          pos: hover.from,
          end: hover.to,
          create: () => ({ dom: renderDescription(hover.description) }),
        }
      },
      { hoverTime: HOVER_TIME_MS },
    ),
    descriptionAtCursor,
    linter(() => folder.problems(file)),
  ]
}

/** A word that is written to its end needs no completion: Enter then begins a new line. */
const acceptUnlessWritten: Command = (view) => {
  const { state } = view
  const { head } = state.selection.main
  const written = WORD.exec(state.sliceDoc(state.doc.lineAt(head).from, head))?.[0]
  return selectedCompletion(state)?.label === written ? false : acceptCompletion(view)
}

async function complete(
  folder: LanguageFolder,
  file: string,
  context: CompletionContext,
): Promise<CompletionResult | null> {
  const { pos, explicit } = context
  if (!explicit && context.matchBefore(STARTS_COMPLETION) === null) return null
  const completions = await folder.completions(file, pos)
  if (context.aborted || completions.length === 0) return null
  const from = context.matchBefore(WORD)?.from ?? pos
  return {
    from,
    validFor: /^[\w$]*$/,
    options: completions.map((completion) => ({
      label: completion.name,
      type: ICONS.get(completion.kind) ?? completion.kind,
      ...(completion.source !== undefined && { detail: completion.source }),
      boost: -completion.order,
      info: async () => {
        const details = await folder.completionDetails(file, pos, completion)
        return details === undefined ? null : renderDescription(details.description)
      },
      apply: (view: EditorView, picked: { label: string }, start: number, end: number) => {
        view.dispatch({
          ...insertCompletionText(view.state, picked.label, start, end),
          annotations: pickedCompletion.of(picked),
        })
        if (completion.source !== undefined) void addImport(folder, file, completion, view, start)
      },
    })),
  }
}

async function addImport(
  folder: LanguageFolder,
  file: string,
  completion: Completion,
  view: EditorView,
  start: number,
): Promise<void> {
  const { doc } = view.state
  const details = await folder.completionDetails(file, start + completion.name.length, completion)
  if (details === undefined || view.state.doc !== doc) return
  view.dispatch({ changes: details.edits, userEvent: 'input.complete' })
}
