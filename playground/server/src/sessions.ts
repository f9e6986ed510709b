import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { MAX_MESSAGE_BYTES, SUBPROTOCOL } from '@playground/protocol'
import { WebSocketServer, type WebSocket } from 'ws'
import { refusalOf, refuseUpgrade, type Refusal, type UpgradeRules } from './guard.ts'
import type { Limits } from './limits.ts'
import { refusals, sessionsLimit, sessionsOpen } from './metrics.ts'
import { PageConnection } from './page-connection.ts'
import type { Runner } from './runner/runner.ts'
import { Session } from './session.ts'

/** Past this the connection is closed; between MAX_MESSAGE_BYTES and this a message is refused and the session lives. */
const MAX_PAYLOAD_BYTES = 4 * MAX_MESSAGE_BYTES

interface SessionsOptions extends UpgradeRules {
  origins: readonly string[]
  limits: Limits
  runner: Runner
}

/** The sessions of one server: one for each WebSocket that gets past the guard, and no more than there is room for. */
export class Sessions {
  readonly #options: SessionsOptions
  readonly #open = new Set<Session>()
  readonly #webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_PAYLOAD_BYTES,
    handleProtocols: () => SUBPROTOCOL,
  })

  constructor(options: SessionsOptions) {
    this.#options = options
    sessionsLimit.set(options.limits.sessions)
  }

  /** Answers an upgrade: with a session, or with the reason why not before any WebSocket is made. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const refusal = refusalOf(request, this.#options.origins, this.#options) ?? this.#refusalOfOneMore()
    if (refusal !== undefined) {
      refusals.inc({ code: refusal.status })
      refuseUpgrade(socket, refusal)
      return
    }
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      this.#add(webSocket)
    })
  }

  /** Resolves when every session and everything it started is gone. */
  async close(): Promise<void> {
    await Promise.all([...this.#open].map((session) => this.#end(session)))
  }

  #refusalOfOneMore(): Refusal | undefined {
    const { sessions } = this.#options.limits
    if (this.#open.size < sessions) return undefined
    const message = `Busy: ${sessions} sessions are open; close a page that runs programs, then try again`
    return { status: 503, message }
  }

  #add(webSocket: WebSocket): void {
    const page = new PageConnection(webSocket, this.#options.limits.pingIntervalMs)
    const session = new Session(page, this.#options.runner)
    this.#open.add(session)
    sessionsOpen.inc()
    webSocket.on('message', (data, isBinary) => {
      session.receive(data, isBinary)
    })
    webSocket.once('close', () => void this.#end(session))
  }

  /** The slot is free only when the processes are gone: reloads would pile them up. */
  async #end(session: Session): Promise<void> {
    await session.close()
    if (this.#open.delete(session)) sessionsOpen.dec()
  }
}
