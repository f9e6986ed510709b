import { isInCode, replaceInCode } from './code-text.ts'
import { codeWithoutImports, withImports } from './library-import.ts'
import { isStream, isUnix, MIX_INS, SERVER_CLASSES, serverClassName, type ServerKind } from './server-kind.ts'
import { withAddress, type Change } from './with-address.ts'

const CLASS_NAMES = [...SERVER_CLASSES.keys()].join('|')
const MIX_IN_NAMES = [...MIX_INS.keys()].join('|')
/** A predefined server, alone or with a mix-in around it. */
const SERVER = new RegExp(
  `\\b(?:(?<mixIn>${MIX_IN_NAMES})\\(\\s*(?<mixed>${CLASS_NAMES})\\s*\\)|(?<plain>${CLASS_NAMES})\\b)`,
  'g',
)
const STARTED_HANDLER = /\bnew\s+\w+\s*\(\s*(?:\{[^{}]*\}|[^(){},]*)\s*,\s*(?<handler>\w+)/

/** The kind of the one server of a program, or why there is no telling. */
export function serverKindOf(source: string): ServerKind | { refusal: string } {
  const found = new Map<string, ServerKind>()
  for (const { groups } of codeWithoutImports(source).matchAll(SERVER)) {
    const kind = SERVER_CLASSES.get(groups?.['mixed'] ?? groups?.['plain'] ?? '')
    if (kind === undefined) continue
    const concurrency = MIX_INS.get(groups?.['mixIn'] ?? '') ?? kind.concurrency
    const server = { ...kind, concurrency }
    found.set(serverClassName(server), server)
  }
  const [server, ...others] = found.values()
  if (server === undefined) {
    return { refusal: "No server is found in the program: one of the library's server classes is required" }
  }
  if (others.length > 0) {
    return { refusal: `The program has several kinds of server: ${[...found.keys()].join(', ')}` }
  }
  return server
}

/**
 * The program with a server of another kind around the same handler: the class, its import, and where the transport
 * changes the address. What cannot be changed word by word is refused with the reason.
 */
export function withServerClass(source: string, kind: ServerKind): Change {
  const present = serverKindOf(source)
  if ('refusal' in present) return present
  const refusal = refusalOf(source, present, kind)
  if (refusal !== undefined) return { refusal }
  const name = serverClassName(kind)
  if (serverClassName(present) === name) return { source }
  const renamed = replaceInCode(source, SERVER, () => name)
  const imported = withImports(renamed, [name], [...SERVER_CLASSES.keys(), ...MIX_INS.keys()])
  if (imported === undefined) {
    return {
      refusal: `The server's class cannot be changed: import { … } from "socketserver-ts" is required`,
    }
  }
  return isUnix(present.transport) === isUnix(kind.transport)
    ? { source: imported }
    : withAddress(imported, kind.transport)
}

function refusalOf(source: string, present: ServerKind, kind: ServerKind): string | undefined {
  if (isStream(present.transport) !== isStream(kind.transport)) {
    return isStream(present.transport)
      ? 'This handler reads from a connection, and datagrams have none: each is already there when its handler is called'
      : 'This handler is called with one datagram, and a connection is a stream that it would have to read from'
  }
  if (kind.concurrency === present.concurrency) return undefined
  if (isInCode(source, /\bprocessRequest\s*\(/)) {
    return 'The program has a processRequest() of its own, which decides how requests are served'
  }
  if (kind.concurrency !== 'threading' && kind.concurrency !== 'forking') return undefined
  const where = kind.concurrency === 'threading' ? 'Threads' : 'Child processes'
  if (!isInCode(source, /\bisMain\s*\(\s*import\.meta\s*\)/)) {
    return `${where} import this module too: "if (isMain(import.meta))" around the start of the server is required`
  }
  const handler = STARTED_HANDLER.exec(codeWithoutImports(source))?.groups?.['handler']
  if (
    handler !== undefined &&
    !isInCode(source, new RegExp(`\\bexport\\s+(?:default\\s+)?class\\s+${handler}\\b`))
  ) {
    return `${where} import the handler from this module: "export class ${handler}" is required`
  }
  return undefined
}
