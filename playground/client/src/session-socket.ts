import {
  decodeOutputFrame,
  parseServerFrame,
  SESSION_PATH,
  SUBPROTOCOL,
  TOKEN_SUBPROTOCOL_PREFIX,
  type ClientFrame,
  type Closing,
  type Hello,
  type OutputFrame,
  type ServerFrame,
  type Welcome,
} from '@playground/protocol'
import { accessToken } from './access-token.ts'

const NO_TOKEN = 'This page has no token. Open the address that npm start printed'
const NOT_KNOWN =
  'The playground server does not know this page: it was started again. Open the address that it has printed since'
const NO_ANSWER = 'The playground server does not answer. If it was stopped, run npm start again'

/** How long the server may take to answer a new connection. */
const WELCOME_MS = 10_000

/** How long the server may be silent, in its own heartbeats. */
const HEARTBEATS = 2.5

export interface SocketEvents {
  welcome(welcome: Welcome): void
  frame(frame: Exclude<ServerFrame, Welcome | Closing>): void
  output(frame: OutputFrame): void
  /** The last event, of a `close()` of the page's own too. `closing` says why, if the server has ended the connection on purpose. */
  closed(closing: Closing | undefined): void
}

/** One connection to the server: says hello, and hears when the network has died without a word. */
export class SessionSocket {
  readonly #webSocket: WebSocket
  readonly #events: SocketEvents
  #silenceMs = WELCOME_MS
  #silenceTimer: number | undefined
  #closing: Closing | undefined

  static open(resume: Hello['resume'], events: SocketEvents): SessionSocket {
    const token = accessToken()
    const subprotocols = token === null ? [] : [TOKEN_SUBPROTOCOL_PREFIX + token]
    const url = siteUrl(SESSION_PATH)
    url.protocol = url.protocol.replace('http', 'ws')
    return new SessionSocket(new WebSocket(url, [SUBPROTOCOL, ...subprotocols]), resume, events)
  }

  private constructor(webSocket: WebSocket, resume: Hello['resume'], events: SocketEvents) {
    this.#webSocket = webSocket
    this.#events = events
    webSocket.binaryType = 'arraybuffer'
    webSocket.onopen = () => this.send({ type: 'hello', ...(resume !== undefined && { resume }) })
    webSocket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => this.#receive(data)
    webSocket.onclose = () => this.close()
    this.#awaitServer()
  }

  send(frame: ClientFrame): void {
    this.#webSocket.send(JSON.stringify(frame))
  }

  /** What comes after it is not heard. */
  close(): void {
    clearTimeout(this.#silenceTimer)
    // A dead network does not answer the close, so nobody waits for that.
    this.#webSocket.onclose = null
    this.#webSocket.onmessage = null
    this.#webSocket.close()
    this.#events.closed(this.#closing)
  }

  #receive(data: string | ArrayBuffer): void {
    this.#awaitServer()
    if (typeof data !== 'string') return this.#events.output(decodeOutputFrame(new Uint8Array(data)))
    const frame = parseServerFrame(data)
    if (frame.type === 'closing') {
      this.#closing = frame
    } else if (frame.type === 'welcome') {
      this.#silenceMs = frame.heartbeatMs * HEARTBEATS
      this.#events.welcome(frame)
    } else {
      this.#events.frame(frame)
    }
  }

  #awaitServer(): void {
    clearTimeout(this.#silenceTimer)
    this.#silenceTimer = window.setTimeout(() => this.close(), this.#silenceMs)
  }
}

/** Resolves to what the reader can do when no connection could be opened: a browser does not tell a page why not. */
export async function whyNotConnected(): Promise<string> {
  try {
    const { ok } = await fetch(siteUrl(''), { method: 'HEAD', cache: 'no-store' })
    if (!ok) return NO_ANSWER
    return accessToken() === null ? NO_TOKEN : NOT_KNOWN
  } catch {
    return NO_ANSWER
  }
}

/** The address of what the site has at a path below its base. */
export function siteUrl(path: string): URL {
  return new URL(import.meta.env.BASE_URL + path, location.href)
}
