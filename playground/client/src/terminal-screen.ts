import { FitAddon } from '@xterm/addon-fit'
import { Terminal } from '@xterm/xterm'
import '@xterm/xterm/css/xterm.css'
import { terminalTheme } from './terminal-theme.ts'

const READABLE_CONTRAST = 4.5
const SCROLLBACK_LINES = 5000

/** Keys that belong to the page even when the terminal has the focus; without them the keyboard could not leave it. */
const PAGE_KEYS = new Set(['Tab', 'Escape'])

export interface TerminalScreen {
  readonly columns: number
  readonly cursorColumn: number
  /** Resolves when the data has been drawn into the screen. */
  write(data: string | Uint8Array): Promise<void>
  focus(): void
  close(): void
}

/** Opens a terminal that fills `host` and follows its size and the page's colour scheme. */
export function openTerminalScreen(
  host: HTMLElement,
  inputLabel: string,
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
    scrollback: SCROLLBACK_LINES,
    theme: terminalTheme(host),
  })
  const fitting = new FitAddon()
  terminal.loadAddon(fitting)
  terminal.attachCustomKeyEventHandler((event) => !PAGE_KEYS.has(event.key) && !isCopy(event, terminal))
  terminal.onData(type)
  terminal.open(host)
  terminal.textarea?.setAttribute('aria-label', inputLabel)

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
    write: (data) => new Promise((resolve) => terminal.write(data, resolve)),
    focus: () => terminal.focus(),
    close() {
      cancelAnimationFrame(frame)
      sizes.disconnect()
      schemes.disconnect()
      terminal.dispose()
    },
  }
}

function isCopy(event: KeyboardEvent, terminal: Terminal): boolean {
  return event.ctrlKey && event.key === 'c' && terminal.hasSelection()
}
