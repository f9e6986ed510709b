import { MAX_PROGRAM_CHARACTERS, parseProgram, programText, type SharedProgram } from './program-file.ts'

/** Mail and chat programs cut longer ones, and some servers on the way refuse them. */
export const MAX_LINK_CHARACTERS = 16_000

const KEY = 'code'

/** The address of a page that shows the files. The fragment is never sent to a server. */
export async function programLink(page: URL, files: SharedProgram['files']): Promise<string> {
  const link = new URL(page)
  link.hash = `${KEY}=${await compress(programText(files))}`
  return link.href
}

/** Whether a fragment carries a program; `#token=…&code=…` does too. */
export function carriesProgram(fragment: string): boolean {
  return parameters(fragment).has(KEY)
}

/** The program of a fragment, or undefined if the link is broken. */
export async function programOfFragment(fragment: string): Promise<SharedProgram | undefined> {
  try {
    return parseProgram(await decompress(parameters(fragment).get(KEY) ?? ''))
  } catch {
    // Not base64url, not deflated, or cut off on the way.
    return undefined
  }
}

/** The fragment without its program. */
export function withoutProgram(fragment: string): string {
  const rest = parameters(fragment)
  rest.delete(KEY)
  const text = rest.toString()
  return text && `#${text}`
}

function parameters(fragment: string): URLSearchParams {
  return new URLSearchParams(fragment.replace(/^#/, ''))
}

async function compress(text: string): Promise<string> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('deflate-raw'))
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer())
  const characters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  return btoa(characters).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

async function decompress(encoded: string): Promise<string> {
  const characters = atob(encoded.replaceAll('-', '+').replaceAll('_', '/'))
  const bytes = Uint8Array.from(characters, (character) => character.charCodeAt(0))
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
  let text = ''
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const reader = stream.getReader()
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    text += decoder.decode(part.value, { stream: true })
    // A few bytes can inflate to gigabytes.
    if (text.length > MAX_PROGRAM_CHARACTERS) {
      await reader.cancel()
      break
    }
  }
  return text + decoder.decode()
}
