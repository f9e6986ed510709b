import { unifiedMergeView } from '@codemirror/merge'
import { EditorState, type Extension } from '@codemirror/state'

/** Shows what of `solution` is missing above the lines that stand in its place, each with a button that takes it. */
export function solutionDiff(solution: string): Extension {
  return [
    EditorState.phrases.of({ 'Deleted lines': 'Lines of the solution' }),
    unifiedMergeView({
      original: solution,
      gutter: false,
      mergeControls(type, action) {
        const button = document.createElement('button')
        button.type = 'button'
        // To keep the reader's own lines nothing has to be done.
        button.hidden = type === 'accept'
        button.textContent = 'Take from the solution'
        button.addEventListener('click', action)
        return button
      },
    }),
  ]
}
