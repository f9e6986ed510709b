import { FitAddon } from '@xterm/addon-fit'
import { SearchAddon, type ISearchOptions } from '@xterm/addon-search'
import { Terminal, type IMarker } from '@xterm/xterm'
import '@xterm/xterm/css/xterm.css'
import { terminalTheme } from './terminal-theme.ts'

const READABLE_CONTRAST = 4.5
const SCROLLBACK_LINES = 5000

/** Keys that belong to the page even when the terminal has the focus; without them the keyboard could not leave it. */
const PAGE_KEYS = new Set(['Tab', 'Escape'])

/** What DECSTR resets, and mouse reports and pastes in brackets, which it leaves. */
const RESET_MODES = '\x1b[!p\x1b[?1000;1002;1003;1006;2004l'
const LEAVE_ALTERNATE_SCREEN = '\x1b[?1049l'

export interface TerminalScreen {
  readonly columns: number
  readonly cursorColumn: number
  /** Resolves when the data has been drawn into the screen. */
  write(data: string | Uint8Array): Promise<void>
  /** Undoes what a program has set of the terminal: another screen, a hidden cursor, colours. What it has printed stays. */
  restore(): Promise<void>
  focus(): void
  /** Takes everything away but the line that is being typed. */
  clear(): void
  /** What is selected, or else all that the terminal holds. */
  text(): string
  /** With `true`, output no longer moves what is in view. */
  lockScroll(locked: boolean): void
  /** With `true`, a screen reader hears the output and can read it; drawing is slower then. */
  setReadable(readable: boolean): void
  /** Selects the next match before or after the last; resolves to its number, from 1, and how many there are. */
  find(text: string, direction: 'next' | 'previous'): { match: number; matches: number }
  endFind(): void
  close(): void
}

/** Opens a terminal that fills `host` and follows its size and the page's colour scheme. */
export function openTerminalScreen(
  host: HTMLElement,
  name: string,
  type: (data: string) => void,
): TerminalScreen {
  const style = getComputedStyle(host)
  const terminal = new Terminal({
    convertEol: true,
    cursorInactiveStyle: 'outline',
    fontFamily: style.fontFamily,
    fontSize: Number.parseFloat(style.fontSize),
    lineHeight: 1.2,
    minimumContrastRatio: READABLE_CONTRAST,
    screenReaderMode: true,
    allowProposedApi: true,
    scrollback: SCROLLBACK_LINES,
    theme: terminalTheme(host),
  })
  const fitting = new FitAddon()
  terminal.loadAddon(fitting)
  const searching = new SearchAddon()
  terminal.loadAddon(searching)
  let found = { match: 0, matches: 0 }
  searching.onDidChangeResults(({ resultIndex, resultCount }) => {
    found = { match: resultIndex + 1, matches: resultCount }
  })
  let locked = false
  terminal.attachCustomKeyEventHandler((event) => !PAGE_KEYS.has(event.key) && !isCopy(event, terminal))
  terminal.onData(type)
  terminal.open(host)
  terminal.textarea?.setAttribute('aria-label', `${name} input`)

  let frame = 0
  const fit = (): void => {
    if (host.clientWidth > 0 && host.clientHeight > 0) fitting.fit()
  }
  const sizes = new ResizeObserver(() => {
    cancelAnimationFrame(frame)
    frame = requestAnimationFrame(fit)
  })
  sizes.observe(host)
  fit()
  const schemes = new MutationObserver(() => (terminal.options.theme = terminalTheme(host)))
  schemes.observe(document.documentElement, { attributeFilter: ['class'] })

  return {
    get columns() {
      return terminal.cols
    },
    get cursorColumn() {
      return terminal.buffer.active.cursorX
    },
    write: (data) => {
      const held = locked ? topInView(terminal) : undefined
      return new Promise((resolve) => {
        terminal.write(data, () => {
          if (held !== undefined) {
            if (locked) terminal.scrollToLine(Math.max(0, held.line))
            held.dispose()
          }
          resolve()
        })
      })
    },
    restore: () =>
      new Promise((resolve) => terminal.write('', () => terminal.write(restoring(terminal), resolve))),
    focus: () => terminal.focus(),
    clear: () => terminal.clear(),
    text: () => terminal.getSelection() || wholeText(terminal),
    lockScroll(lock) {
      locked = lock
      if (!lock) terminal.scrollToBottom()
    },
    setReadable(readable) {
      terminal.options.screenReaderMode = readable
    },
    find(text, direction) {
      found = { match: 0, matches: 0 }
      const options = { decorations: matchColours(host) }
      if (direction === 'next') searching.findNext(text, options)
      else searching.findPrevious(text, options)
      return found
    },
    endFind: () => searching.clearDecorations(),
    close() {
      cancelAnimationFrame(frame)
      sizes.disconnect()
      schemes.disconnect()
      terminal.dispose()
    },
  }
}

/** What undoes it, to be written when all that was printed is in the screen. */
function restoring(terminal: Terminal): string {
  const { active } = terminal.buffer
  if (active.type === 'alternate') return LEAVE_ALTERNATE_SCREEN + RESET_MODES
  let row = terminal.rows - 1
  while (row > active.cursorY && active.getLine(active.baseY + row)?.translateToString(true) === '') row -= 1
  // What comes next must not overwrite what stands below a cursor that was moved up.
  return RESET_MODES + (row > active.cursorY ? `\x1b[${row + 1};1H\r\n` : '')
}

function isCopy(event: KeyboardEvent, terminal: Terminal): boolean {
  return event.ctrlKey && event.key === 'c' && terminal.hasSelection()
}

/** The line at the top of the view, which moves with the lines; only while output would scroll it away. */
function topInView(terminal: Terminal): IMarker | undefined {
  const { baseY, cursorY, viewportY } = terminal.buffer.active
  // xterm itself holds the view where the reader has scrolled up.
  return viewportY === baseY ? terminal.registerMarker(-cursorY) : undefined
}

function wholeText(terminal: Terminal): string {
  const buffer = terminal.buffer.active
  let text = ''
  for (let index = 0; index < buffer.length; index += 1) {
    const line = buffer.getLine(index)
    if (line === undefined) continue
    const wraps = buffer.getLine(index + 1)?.isWrapped === true
    text += line.translateToString(!wraps) + (wraps ? '' : '\n')
  }
  return text.trimEnd() + '\n'
}

function matchColours(element: HTMLElement): NonNullable<ISearchOptions['decorations']> {
  const style = getComputedStyle(element)
  const border = style.getPropertyValue('--vp-c-warning-1').trim()
  const active = style.getPropertyValue('--vp-c-brand-1').trim()
  return {
    matchBorder: border,
    matchOverviewRuler: border,
    activeMatchBorder: active,
    activeMatchColorOverviewRuler: active,
  }
}
