import type { SourceFile } from '@playground/protocol'
import { isInCode, replaceInCode } from '../kinds/code-text.ts'
import { CONCURRENCIES, MIX_INS, serverClassName, type Concurrency } from '../kinds/server-kind.ts'

const WORDS: Record<Concurrency, string> = {
  plain: 'synchronous',
  threading: 'threading',
  forking: 'forking',
  async: 'event loop',
}

const CLASS_NAMES = new Map(
  CONCURRENCIES.map((concurrency) => [concurrency, serverClassName({ transport: 'tcp', concurrency })]),
)
const SERVER_CLASS = `\\b(?:${[...CLASS_NAMES.values()].join('|')})\\b`
const MIX_IN = new RegExp(`\\b(?:${[...MIX_INS.keys()].join('|')})\\b`)
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
  if (isInCode(source, MIX_IN) || !isInCode(source, new RegExp(SERVER_CLASS))) return []
  const prepared = replaceInCode(
    replaceInCode(source, PORT, () => 'port: 0'),
    HIDDEN_CLASS,
    () => 'export class',
  )
  return [...CLASS_NAMES].map(([concurrency, className]) => ({
    kind: WORDS[concurrency],
    className,
    file: { name, source: replaceInCode(prepared, new RegExp(SERVER_CLASS, 'g'), () => className) },
  }))
}
