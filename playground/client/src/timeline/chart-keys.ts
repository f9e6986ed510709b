interface ChartMoves {
  /** To the request that is so many rows further. */
  step(by: number): unknown
  pan(direction: -1 | 1): unknown
  zoom(direction: 'in' | 'out'): unknown
  fit(): unknown
}

const KEYS: Readonly<Record<string, (moves: ChartMoves) => unknown>> = {
  ArrowDown: ({ step }) => step(1),
  ArrowUp: ({ step }) => step(-1),
  PageDown: ({ step }) => step(10),
  PageUp: ({ step }) => step(-10),
  Home: ({ step }) => step(-Infinity),
  End: ({ step }) => step(Infinity),
  ArrowLeft: ({ pan }) => pan(-1),
  ArrowRight: ({ pan }) => pan(1),
  '+': ({ zoom }) => zoom('in'),
  '=': ({ zoom }) => zoom('in'),
  '-': ({ zoom }) => zoom('out'),
  '0': ({ fit }) => fit(),
}

/** What the keyboard does with a timeline; keys with a modifier are the browser's. */
export function chartKeys(moves: ChartMoves): (event: KeyboardEvent) => void {
  return (event) => {
    const act = KEYS[event.key]
    if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    act(moves)
  }
}
