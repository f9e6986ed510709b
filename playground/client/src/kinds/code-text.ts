const COMMENT = String.raw`\/\/[^\n]*|\/\*[\s\S]*?\*\/`
const STRING = String.raw`'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"`
const TEMPLATE = '`(?:\\\\[\\s\\S]|\\$\\{(?:[^{}`]|`[^`]*`)*\\}|[^`\\\\])*`'
/** A slash after a value divides; after these it begins a regular expression, which may hold quotes. */
const EXPRESSION = String.raw`(?<=(?:[(,=:[!&|?{};]|return|^)\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/`
const NOT_CODE = new RegExp([COMMENT, STRING, TEMPLATE, EXPRESSION].join('|'), 'gm')
const TEMPLATE_PARTS = /\$\{[^{}]*\}|[^\n]/g

/** The program with spaces for what is in comments, strings and regular expressions, character by character. */
export function codeOnly(source: string): string {
  return source.replace(NOT_CODE, (text) => {
    if (text.startsWith('`')) return text.replace(TEMPLATE_PARTS, (part) => (part.length > 1 ? part : ' '))
    if (text.startsWith('/')) return text.replace(/[^\n]/g, ' ')
    return `'${' '.repeat(text.length - 2)}'`
  })
}

/** Replaces what `pattern` (with the flag g) finds in the code; what stands in comments and strings stays. */
export function replaceInCode(
  source: string,
  pattern: RegExp,
  replacement: (match: RegExpMatchArray) => string,
): string {
  let replaced = ''
  let at = 0
  for (const match of codeOnly(source).matchAll(pattern)) {
    replaced += source.slice(at, match.index) + replacement(match)
    at = match.index + match[0].length
  }
  return replaced + source.slice(at)
}

/** Whether a name or an expression stands in the code; the pattern without the flag g. */
export function isInCode(source: string, pattern: RegExp): boolean {
  return pattern.test(codeOnly(source))
}
