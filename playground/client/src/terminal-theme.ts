import type { ITheme } from '@xterm/xterm'

/** xterm draws with colours, not with CSS variables, so they are read from the page again whenever its scheme changes. */
export function terminalTheme(element: HTMLElement): ITheme {
  const style = getComputedStyle(element)
  const colour = (variable: string): string => style.getPropertyValue(variable).trim()
  const text = colour('--vp-c-text-1')
  const muted = colour('--vp-c-text-2')
  const red = colour('--vp-c-danger-1')
  const green = colour('--vp-c-success-1')
  const yellow = colour('--vp-c-warning-1')
  const blue = colour('--vp-c-indigo-1')
  const magenta = colour('--vp-c-purple-1')
  return {
    background: colour('--vp-code-block-bg'),
    foreground: text,
    cursor: colour('--vp-c-brand-1'),
    cursorAccent: colour('--vp-code-block-bg'),
    selectionBackground: colour('--vp-c-brand-soft'),
    scrollbarSliderBackground: colour('--vp-c-default-soft'),
    black: text,
    white: muted,
    brightBlack: muted,
    brightWhite: text,
    red,
    brightRed: red,
    green,
    brightGreen: green,
    yellow,
    brightYellow: yellow,
    blue,
    brightBlue: blue,
    magenta,
    brightMagenta: magenta,
  }
}
