import type { SourceFile } from '@playground/protocol'

const KINDS = [
  { kind: 'synchronous', prefix: '' },
  { kind: 'threading', prefix: 'Threading' },
  { kind: 'forking', prefix: 'Forking' },
  { kind: 'event loop', prefix: 'Async' },
] as const

const SERVER_CLASS = /\b(?:Threading|Forking|Async)?(TCPServer)\b/g
const MIX_IN = /\b(?:Threading|Forking|Async)MixIn\b/
const PORT = /\bport: \d+/g
/** Threads and child processes import the classes, so they have to be exported. */
const HIDDEN_CLASS = /^class(?= \w+ extends)/gm

/** The same program with another kind of server. */
export interface ServerVariant {
  readonly kind: string
  readonly className: string
  readonly file: SourceFile
}

/** The program with each of the four kinds of TCP servers, on any free port; none where that makes no sense. */
export function serverVariants({ name, source }: SourceFile): ServerVariant[] {
  if (MIX_IN.test(source) || source.match(SERVER_CLASS) === null) return []
  return KINDS.map(({ kind, prefix }) => ({
    kind,
    className: `${prefix}TCPServer`,
    file: {
      name,
      source: source
        .replace(SERVER_CLASS, `${prefix}$1`)
        .replace(PORT, 'port: 0')
        .replace(HIDDEN_CLASS, 'export class'),
    },
  }))
}
