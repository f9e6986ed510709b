const PRINTABLE_FROM = 0x20
const PRINTABLE_TO = 0x7e
const ESCAPES: Readonly<Record<number, string>> = { 9: '\\t', 10: '\\n', 13: '\\r', 92: '\\\\' }

export function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}

/** Bytes as hexadecimal numbers. */
export function hexText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ')
}

/** Bytes as UTF-8, with what cannot be seen written as escapes. */
export function plainText(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes)
  return Array.from(text, (character) => {
    const code = character.codePointAt(0) ?? 0
    const escaped = ESCAPES[code]
    if (escaped !== undefined) return escaped
    if (code < PRINTABLE_FROM || (code > PRINTABLE_TO && code < 0xa0))
      return `\\x${code.toString(16).padStart(2, '0')}`
    return character
  }).join('')
}
