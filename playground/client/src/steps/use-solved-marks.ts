import { onMounted, watch } from 'vue'
import { isStored } from '../state/storage-key.ts'
import { PROGRESS_KEY, solvedSteps } from './solved-steps.ts'

/** A page with steps, by the files of their servers. */
export interface PageWithSteps {
  path: string
  steps: readonly string[]
}

const MARK = 'SolvedMark'

/** Marks the entries of pages in the sidebar whose steps the reader has solved; `path` is that of the page in view. */
export function useSolvedMarks(pages: readonly PageWithSteps[], path: () => string): void {
  onMounted(async () => {
    watch([solvedSteps, path], () => drawMarks(pages), { flush: 'post' })
    if (isStored(PROGRESS_KEY)) (await import('./use-progress.ts')).readProgress()
  })
}

/** VitePress draws the entries, and has no place for a mark in them. */
function drawMarks(pages: readonly PageWithSteps[]): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>('.VPSidebar a')) {
    const steps = pages.find((page) => page.path === link.pathname)?.steps ?? []
    const solved = steps.filter((step) => solvedSteps.value.includes(step)).length
    link.querySelector(`.${MARK}`)?.remove()
    if (solved > 0) (link.querySelector('.text') ?? link).append(markOf(solved, steps.length))
  }
}

function markOf(solved: number, steps: number): HTMLElement {
  const mark = document.createElement('span')
  mark.className = MARK
  const shown = document.createElement('span')
  shown.ariaHidden = 'true'
  shown.textContent = solved === steps ? ' ✓' : ` ${solved}/${steps}`
  const told = document.createElement('span')
  told.className = 'visually-hidden'
  told.textContent = solved === steps ? ' (solved)' : ` (${solved} of ${steps} steps solved)`
  mark.append(shown, told)
  return mark
}
