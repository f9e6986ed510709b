const ZERO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}]$/u

/** The ranges that xterm's built-in Unicode 6 tables draw two cells wide. */
const WIDE_RANGES = [
  [0x1100, 0x115f],
  [0x2329, 0x232a],
  [0x2e80, 0x303e],
  [0x3040, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x20000, 0x2fffd],
  [0x30000, 0x3fffd],
] as const

/** How many cells of the terminal a printable character takes: 0, 1 or 2. */
export function cellWidth(character: string): number {
  if (ZERO_WIDTH.test(character)) return 0
  const codePoint = character.codePointAt(0) ?? 0
  return WIDE_RANGES.some(([first, last]) => codePoint >= first && codePoint <= last) ? 2 : 1
}
