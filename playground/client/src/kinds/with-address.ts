import { replaceInCode } from './code-text.ts'
import { codeWithoutImports, uses, withImports } from './library-import.ts'
import { isUnix, type Transport } from './server-kind.ts'

/** A changed program, or why it cannot be changed. */
export type Change = { source: string } | { refusal: string }

const INET_ADDRESS = "{ host: 'localhost', port: 9999 }"
/** Relative: all programs of a session have the same working directory. */
const UNIX_ADDRESS = "'server.sock'"

const INET_LITERAL = String.raw`\{\s*host:\s*'[^']*',\s*port:\s*\d+,?\s*\}`
const UNIX_LITERAL = "'[^']*'"
const BEFORE_ADDRESS = String.raw`(?<=\bnew\s+\w+\(\s*|\bconnect\(\s*|\bsendTo\([^()]*(?:\([^()]*\)[^()]*)*,\s*)`
const TO_INET = new RegExp(`${BEFORE_ADDRESS}${INET_LITERAL}`, 'g')
const TO_UNIX = new RegExp(`${BEFORE_ADDRESS}${UNIX_LITERAL}`, 'g')
const ONLY_INET = /\b(?:InetAddress|serverAddress\.\w+|(?:clientAddress|address)\.port)\b/

const STREAM_BASE = /(?<=\bextends\s+)BaseRequestHandler(?=\s*\{)/g
const DATAGRAM_BASE = /(?<=\bextends\s+)BaseRequestHandler<DatagramRequest>(?=\s*\{)/g
const READING_BASE = /(?<=\bextends\s+)(?:Stream|Datagram)RequestHandler(?=\s*\{)/g
const UNIX_BASE =
  /(?<=\bextends\s+)(?:BaseRequestHandler<(?:StreamSocket|(?<datagram>DatagramRequest)<UnixAddress>), UnixAddress>|(?<reading>(?:Stream|Datagram)RequestHandler)<UnixAddress>)(?=\s*\{)/g

/**
 * The program, a server or a client, with its literal addresses for another transport of the same family: streams stay
 * streams and datagrams datagrams. The path of a Unix socket is a string, so what the handler says of its client's address
 * changes too.
 */
export function withAddress(source: string, transport: Transport): Change {
  return isUnix(transport) ? toUnix(source) : toInet(source)
}

function toUnix(source: string): Change {
  const inet = ONLY_INET.exec(codeWithoutImports(source))?.[0]
  if (inet !== undefined) {
    return {
      refusal: `The program uses "${inet}": the address of a Unix socket is a path, without host and port`,
    }
  }
  const moved = replaceInCode(source, TO_INET, () => UNIX_ADDRESS)
  if (moved === source)
    return { refusal: `The program's address cannot be changed: ${INET_ADDRESS} is required` }
  let changed = replaceInCode(
    moved,
    /\bopenDatagram\(\s*\)/g,
    () => 'openDatagram(`client-${process.pid}.sock`)',
  )
  changed = replaceInCode(changed, /\bclientAddress\.host\b/g, () => 'clientAddress')
  changed = replaceInCode(changed, STREAM_BASE, () => 'BaseRequestHandler<StreamSocket, UnixAddress>')
  changed = replaceInCode(
    changed,
    DATAGRAM_BASE,
    () => 'BaseRequestHandler<DatagramRequest<UnixAddress>, UnixAddress>',
  )
  changed = replaceInCode(changed, READING_BASE, ([base]) => `${base}<UnixAddress>`)
  return imported(
    changed,
    ['StreamSocket', 'UnixAddress'].filter((name) => uses(changed, name)),
    [],
  )
}

function toInet(source: string): Change {
  const moved = replaceInCode(source, TO_UNIX, () => INET_ADDRESS)
  if (moved === source)
    return { refusal: `The program's address cannot be changed: ${UNIX_ADDRESS} is required` }
  let changed = replaceInCode(moved, /\bopenDatagram\([^)]+\)/g, () => 'openDatagram()')
  changed = replaceInCode(changed, /(?<=\$\{this\.)clientAddress(?=\})/g, () => 'clientAddress.host')
  changed = replaceInCode(changed, UNIX_BASE, ({ groups }) => {
    if (groups?.['reading'] !== undefined) return groups['reading']
    return groups?.['datagram'] === undefined ? 'BaseRequestHandler' : 'BaseRequestHandler<DatagramRequest>'
  })
  return imported(changed, [], ['StreamSocket', 'UnixAddress'])
}

function imported(source: string, types: readonly string[], dropped: readonly string[]): Change {
  const changed = withImports(
    source,
    types.map((name) => `type ${name}`),
    dropped,
  )
  return changed === undefined
    ? { refusal: 'The program\'s address cannot be changed: import { … } from "socketserver-ts" is required' }
    : { source: changed }
}
