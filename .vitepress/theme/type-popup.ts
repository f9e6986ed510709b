const ID = 'type-popup'
const GAP_PX = 6

const STEPS: Readonly<Record<string, (index: number, count: number) => number>> = {
  ArrowRight: (index, count) => Math.min(index + 1, count - 1),
  ArrowLeft: (index) => Math.max(index - 1, 0),
  Home: () => 0,
  End: (_, count) => count - 1,
}

let popup: HTMLElement | undefined
let described: HTMLElement | undefined

/** Shows the type of a name until the pointer or the focus leaves it, or Escape is pressed. */
export function showType(name: HTMLElement): void {
  if (described === name) return
  hide()
  described = name
  popup ??= createPopup()
  const [declaration = '', ...comment] = (name.dataset['type'] ?? '').split('\n\n')
  const code = document.createElement('code')
  code.textContent = declaration
  popup.replaceChildren(code, comment.join(' '))
  popup.hidden = false
  name.setAttribute('aria-describedby', ID)
  place(popup, name.getBoundingClientRect())
}

function createPopup(): HTMLElement {
  const element = document.createElement('div')
  element.id = ID
  element.className = 'TypePopup'
  element.setAttribute('role', 'tooltip')
  document.body.append(element)
  addEventListener('keydown', (event) => {
    if (event.key === 'Escape') hide()
    else if (described !== undefined && described === document.activeElement) move(event, described)
  })
  addEventListener('scroll', hide, { capture: true, passive: true })
  addEventListener('focusout', hide)
  // It may be pointed at itself, so that its text can be copied.
  addEventListener('pointerout', ({ relatedTarget }) => {
    const isOver =
      relatedTarget instanceof Node && (element.contains(relatedTarget) || described?.contains(relatedTarget))
    if (isOver !== true && described !== document.activeElement) hide()
  })
  return element
}

function place(element: HTMLElement, name: DOMRect): void {
  const { width, height } = element.getBoundingClientRect()
  const below = name.bottom + GAP_PX
  const top = below + height > innerHeight ? name.top - GAP_PX - height : below
  element.style.top = `${Math.max(top, 0)}px`
  element.style.left = `${Math.max(Math.min(name.left, document.documentElement.clientWidth - width - GAP_PX), GAP_PX)}px`
}

function hide(): void {
  described?.removeAttribute('aria-describedby')
  described = undefined
  if (popup !== undefined) popup.hidden = true
}

/** A block of code is one stop of the Tab key; the arrow keys go from name to name in it. */
function move(event: KeyboardEvent, from: HTMLElement): void {
  const names = [...(from.closest('pre')?.querySelectorAll<HTMLElement>('.TypedName') ?? [])]
  const to = names[STEPS[event.key]?.(names.indexOf(from), names.length) ?? -1]
  if (to === undefined) return
  event.preventDefault()
  from.tabIndex = -1
  to.tabIndex = 0
  to.focus()
}
