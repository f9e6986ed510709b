import { randomBytes, timingSafeEqual } from 'node:crypto'
import { STATUS_CODES, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX } from '@playground/protocol'

const TOKEN_BYTES = 24
const LOCAL_NAMES = ['127.0.0.1', 'localhost', '[::1]']

/** Why a request gets no further; `message` is one line and becomes the body of the response. */
export interface Refusal {
  status: 400 | 401 | 403 | 404 | 405 | 503
  message: string
}

export interface UpgradeRules {
  path: string
  /** What the page must know; a server that is open to everybody has none. */
  token: string | undefined
}

/** What nobody can guess: 32 characters that may stand in an address and in a subprotocol. */
export function createToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url')
}

/** Takes as long for a guess that is nearly right as for one that is wrong. */
export function isSameToken(actual: string, expected: string): boolean {
  const [actualBytes, expectedBytes] = [Buffer.from(actual), Buffer.from(expected)]
  return actualBytes.length === expectedBytes.length && timingSafeEqual(actualBytes, expectedBytes)
}

/**
 * Stands in front of every request, and with `upgrade` in front of every upgrade. The Host list stops DNS
 * rebinding, the Origin list stops a WebSocket from another site, the token stops other users of the machine.
 */
export function refusalOf(
  request: IncomingMessage,
  origins: readonly string[],
  upgrade?: UpgradeRules,
): Refusal | undefined {
  const allowed = origins.length > 0 ? origins : localOrigins(request.socket.localPort)
  const hosts = allowed.map((address) => new URL(address).host)
  const { host, origin } = request.headers
  if (host === undefined || !hosts.includes(host)) {
    return { status: 403, message: `Host "${host ?? ''}" is refused: one of ${hosts.join(', ')} is required` }
  }
  if (upgrade === undefined) return undefined
  if (origin === undefined || !allowed.includes(origin)) {
    return {
      status: 403,
      message: `Origin "${origin ?? ''}" is refused: the page of this server is required`,
    }
  }
  if (request.url !== upgrade.path) {
    return { status: 404, message: `No WebSocket at this path: "${upgrade.path}" is required` }
  }
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((part) => part.trim())
  const { token } = upgrade
  if (token !== undefined && !offered.some((part) => isSameToken(part, TOKEN_SUBPROTOCOL_PREFIX + token))) {
    return { status: 401, message: 'No valid token: the address that the server printed is required' }
  }
  if (!offered.includes(SUBPROTOCOL)) {
    return { status: 400, message: `Subprotocol "${SUBPROTOCOL}" is required` }
  }
  return undefined
}

/** Answers an upgrade with plain HTTP and closes its socket. */
export function refuseUpgrade(socket: Duplex, { status, message }: Refusal): void {
  // A peer that is gone already makes the write fail, and an 'error' without a listener ends the process.
  socket.on('error', () => socket.destroy())
  socket.once('finish', () => socket.destroy())
  const body = `${message}\n`
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
      'Connection: close',
      'Content-Type: text/plain; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  )
}

/** Where the pages of a server are that only its own machine reaches; a connection that has ended has no port any more. */
function localOrigins(port: number | undefined): string[] {
  if (port === undefined) return []
  return LOCAL_NAMES.map((name) => new URL(`http://${name}:${port}`).origin)
}
