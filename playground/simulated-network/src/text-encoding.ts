const ENCODINGS = ['utf8', 'utf-8', 'hex', 'base64', 'base64url', 'latin1', 'binary', 'ascii'] as const

export type Encoding = (typeof ENCODINGS)[number]

export function isEncoding(name: string): name is Encoding {
  return ENCODINGS.some((encoding) => encoding === name.toLowerCase())
}

/** @throws {TypeError} for an encoding that is not simulated. */
export function encodeText(text: string, encoding: Encoding = 'utf8'): Uint8Array<ArrayBuffer> {
  switch (encoding) {
    case 'utf8':
    case 'utf-8':
      return new TextEncoder().encode(text)
    case 'hex':
      return Uint8Array.from(text.match(/[0-9a-f]{2}/gi) ?? [], (digits) => Number.parseInt(digits, 16))
    case 'base64':
    case 'base64url':
      return bytesOf(atob(text.replaceAll('-', '+').replaceAll('_', '/')))
    case 'latin1':
    case 'binary':
    case 'ascii':
      return bytesOf(text)
    default:
      throw unknownEncoding(encoding)
  }
}

/** @throws {TypeError} for an encoding that is not simulated. */
export function decodeText(bytes: Uint8Array, encoding: Encoding = 'utf8'): string {
  switch (encoding) {
    case 'utf8':
    case 'utf-8':
      return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
    case 'hex':
      return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
    case 'base64':
      return btoa(binary(bytes))
    case 'base64url':
      return btoa(binary(bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
    case 'latin1':
    case 'binary':
      return binary(bytes)
    case 'ascii':
      return binary(bytes.map((byte) => byte & 0x7f))
    default:
      throw unknownEncoding(encoding)
  }
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}

function binary(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
}

function unknownEncoding(encoding: never): TypeError {
  return new TypeError(`Unknown encoding "${String(encoding)}": one of ${ENCODINGS.join(', ')} is required`)
}
