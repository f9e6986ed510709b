import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { SUBPROTOCOL, type Hello } from '@playground/protocol'
import { WebSocketServer, type WebSocket } from 'ws'
import { clientAddress } from './client-address.ts'
import { refusalOf, refuseUpgrade, type Refusal, type UpgradeRules } from './guard.ts'
import type { Limits } from './limits.ts'
import { countLimit, refusals, sessionsLimit, sessionsOpen } from './metrics.ts'
import { PageConnection } from './page-connection.ts'
import { receiveHello } from './receive-hello.ts'
import type { Runner } from './runner/runner.ts'
import { Session } from './session.ts'

/** Past this many times its limit a message closes the connection; between, it is refused and the session lives. */
const PAYLOAD_FACTOR = 4

/** Connections that have not said yet what they want; past it they are not even upgraded. */
const MAX_NEWCOMERS = 256

/** So many of them one address may have where addresses are told apart: it must not keep everybody else out. */
const MAX_NEWCOMERS_PER_ADDRESS = 64

/** How long a connection has to prove that there is a page behind it, when another one asks for its session. */
const PROBE_MS = 1000

interface SessionsOptions extends UpgradeRules {
  origins: readonly string[]
  /** How many proxies stand between the readers and this server. */
  proxies: number
  limits: Limits
  runner: Runner
}

/** The sessions of one server: one for each page that gets past the guard, and no more than there is room for. */
export class Sessions {
  readonly #options: SessionsOptions
  readonly #open = new Set<Session>()
  readonly #webSockets: WebSocketServer
  /** With their addresses. */
  readonly #newcomers = new Map<WebSocket, string>()
  #closed = false

  constructor(options: SessionsOptions) {
    this.#options = options
    sessionsLimit.set(options.limits.sessions)
    this.#webSockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: PAYLOAD_FACTOR * options.limits.messageBytes,
      handleProtocols: () => SUBPROTOCOL,
    })
  }

  get isFull(): boolean {
    return this.#open.size >= this.#options.limits.sessions
  }

  /** Answers an upgrade: with a WebSocket, or with the reason why not before one is made. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { origins, proxies } = this.#options
    const address = clientAddress(request, proxies)
    const refusal = refusalOf(request, origins, this.#options) ?? this.#refusalOfOneMore(address)
    if (refusal !== undefined) {
      refusals.inc({ code: refusal.status })
      refuseUpgrade(socket, refusal)
      return
    }
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      void this.#greet(webSocket, address)
    })
  }

  /** Resolves when every session and everything it started is gone. */
  async close(): Promise<void> {
    this.#closed = true
    for (const webSocket of this.#newcomers.keys()) webSocket.terminate()
    await Promise.all([...this.#open].map((session) => session.close()))
  }

  #refusalOfOneMore(address: string): Refusal | undefined {
    const neighbours = [...this.#newcomers.values()].filter((newcomer) => newcomer === address)
    const hasRoom =
      this.#newcomers.size < MAX_NEWCOMERS &&
      (neighbours.length < MAX_NEWCOMERS_PER_ADDRESS || this.#options.limits.sessionsPerAddress === Infinity)
    if (!this.#closed && hasRoom) return undefined
    return { status: 503, message: 'Busy: too many connections are being opened, try again' }
  }

  async #greet(webSocket: WebSocket, address: string): Promise<void> {
    const { limits } = this.#options
    const connection = new PageConnection(webSocket, limits.pingIntervalMs)
    this.#newcomers.set(webSocket, address)
    const hello = await receiveHello(webSocket, limits)
    if (hello === undefined) connection.terminate()
    else await this.#welcome(connection, hello, address)
    this.#newcomers.delete(webSocket)
  }

  async #welcome(connection: PageConnection, hello: Hello, address: string): Promise<void> {
    const lost = await this.#lostSession(hello)
    if (lost?.canResume(hello)) {
      lost.attach(connection, hello.resume)
      return
    }
    // What it runs would be in the way of what the page starts again.
    await lost?.close()
    if (this.#closed) return connection.close()
    const busy = this.#busyText(address)
    if (busy === undefined) {
      this.#openSession(address).attach(connection, undefined)
    } else {
      refusals.inc({ code: 'busy' })
      connection.refuse('busy', busy)
    }
  }

  /** The session that a page asks for, unless another page has it: a tab that was duplicated gets one of its own. */
  async #lostSession(hello: Hello): Promise<Session | undefined> {
    const find = (): Session | undefined => [...this.#open].find((session) => session.isAskedForBy(hello))
    const connection = find()?.connection
    if (connection !== undefined && (await connection.answers(PROBE_MS))) return undefined
    const session = find()
    return session?.connection === connection ? session : undefined
  }

  #busyText(address: string): string | undefined {
    const { sessions, sessionsPerAddress } = this.#options.limits
    if (this.isFull) {
      countLimit('sessions')
      return `Busy: ${sessions} of ${sessions} sessions are open; close a page that runs programs, then try again`
    }
    const neighbours = [...this.#open].filter((session) => session.address === address)
    if (neighbours.length < sessionsPerAddress) return undefined
    countLimit('sessionsPerAddress')
    return `Busy: your network has ${sessionsPerAddress} of ${sessionsPerAddress} sessions open; close a page that runs programs, then try again`
  }

  /** Its slot is free only when its processes are gone: reloads would pile them up. */
  #openSession(address: string): Session {
    const { limits, runner } = this.#options
    const session = new Session({ limits, runner, address })
    this.#open.add(session)
    sessionsOpen.inc()
    void session.ended.then(() => {
      this.#open.delete(session)
      sessionsOpen.dec()
    })
    return session
  }
}
