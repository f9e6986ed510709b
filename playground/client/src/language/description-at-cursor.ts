import { StateEffect, StateField } from '@codemirror/state'
import { EditorView, keymap, showTooltip, type Tooltip } from '@codemirror/view'
import type { Hover } from './language-answers.ts'
import { descriptionText, renderDescription } from './render-description.ts'

const setTooltip = StateEffect.define<Tooltip | null>()

const tooltip = StateField.define<Tooltip | null>({
  create: () => null,
  update(shown, transaction) {
    for (const effect of transaction.effects) if (effect.is(setTooltip)) return effect.value
    return transaction.docChanged || transaction.selection !== undefined ? null : shown
  },
  provide: (field) => showTooltip.from(field),
})

/** What a hover says, for those who have no pointer: it stays until the cursor moves or Escape is pressed. */
export const descriptionAtCursor = [
  tooltip,
  keymap.of([
    {
      key: 'Escape',
      run(view) {
        if (view.state.field(tooltip) === null) return false
        view.dispatch({ effects: setTooltip.of(null) })
        return true
      },
    },
  ]),
]

export function showDescriptionAtCursor(
  view: EditorView,
  describe: (position: number) => Promise<Hover | undefined>,
): boolean {
  void show(view, describe)
  return true
}

async function show(
  view: EditorView,
  describe: (position: number) => Promise<Hover | undefined>,
): Promise<void> {
  const { state } = view
  const hover = await describe(state.selection.main.head)
  if (view.state !== state) return
  if (hover === undefined) {
    view.dispatch({ effects: EditorView.announce.of('Nothing is known of this place') })
    return
  }
  const { description, from } = hover
  view.dispatch({
    effects: [
      setTooltip.of({ pos: from, above: true, create: () => ({ dom: renderDescription(description) }) }),
      EditorView.announce.of(descriptionText(description)),
    ],
  })
}
