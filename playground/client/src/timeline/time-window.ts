/** A part of the time axis, in microseconds. */
export interface TimeWindow {
  from: number
  to: number
}

const MIN_WIDTH_US = 50

/** The window with `factor` times its width, in which `at` stays where it is; never beyond `bounds`. */
export function zoomed(window: TimeWindow, bounds: TimeWindow, factor: number, at: number): TimeWindow {
  const width = Math.min(bounds.to - bounds.from, Math.max(MIN_WIDTH_US, (window.to - window.from) * factor))
  const share = (at - window.from) / (window.to - window.from)
  return within(bounds, at - share * width, width)
}

/** The window moved by a share of its width. */
export function panned(window: TimeWindow, bounds: TimeWindow, share: number): TimeWindow {
  const width = window.to - window.from
  return within(bounds, window.from + share * width, width)
}

/** Round times in the window, `most` at most. */
export function ticksOf({ from, to }: TimeWindow, origin: number, most: number): number[] {
  const rough = (to - from) / most
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 2.5, 5, 10].map((digit) => digit * power).find((size) => size >= rough) ?? rough
  const first = Math.ceil((from - origin) / step) * step + origin
  return Array.from({ length: Math.floor((to - first) / step) + 1 }, (_, index) => first + index * step)
}

/** Microseconds in words, as precise as they are short. */
export function durationText(us: number): string {
  if (us < 1000) return `${Math.round(us)} µs`
  if (us < 1_000_000) return `${trimmed(us / 1000)} ms`
  return `${trimmed(us / 1_000_000)} s`
}

function trimmed(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2).replace(/\.?0+$/, '')
}

function within(bounds: TimeWindow, from: number, width: number): TimeWindow {
  const begin = Math.max(bounds.from, Math.min(from, bounds.to - width))
  return { from: begin, to: begin + width }
}
