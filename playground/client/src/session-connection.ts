import {
  MAX_MESSAGE_BYTES,
  parseServerMessage,
  decodeOutputFrame,
  SESSION_PATH,
  SUBPROTOCOL,
  TOKEN_SUBPROTOCOL_PREFIX,
  type ClientMessage,
  type OutputFrame,
  type ServerMessage,
} from '@playground/protocol'
import { accessToken } from './access-token.ts'

/** What a run's owner hears of it; `lost` is the last event of a run whose connection ended before it did. */
export type RunEvent = ServerMessage | ({ type: 'output' } & OutputFrame) | { type: 'lost' }

type StartMessage = Extract<ClientMessage, { type: 'start' }>
type Program = Omit<StartMessage, 'type' | 'run'>

const NO_TOKEN = 'This page has no token. Open the address that npm start printed'
const NOT_ACCEPTED =
  'The playground server does not answer, or does not know this page. Run npm start and open the address it prints'

/** The page's one WebSocket: it carries every run of every playground in the page. */
export class SessionConnection {
  readonly #listeners = new Map<number, (event: RunEvent) => void>()
  #socket: WebSocket | undefined
  #opening: Promise<WebSocket> | undefined
  #lastRun = 0

  /**
   * Opens the WebSocket if it is not open.
   * @throws an Error that tells the reader what to do; a later call tries again.
   */
  async open(): Promise<void> {
    await this.#connect()
  }

  /** Resolves to the number of the run as soon as the program has been sent. @throws as `open()` does. */
  async start(program: Program, listener: (event: RunEvent) => void): Promise<number> {
    const socket = await this.#connect()
    const run = ++this.#lastRun
    const text = JSON.stringify({ type: 'start', run, ...program } satisfies ClientMessage)
    const bytes = new TextEncoder().encode(text).length
    this.#listeners.set(run, listener)
    if (bytes <= MAX_MESSAGE_BYTES) {
      socket.send(text)
    } else {
      const message = `The program takes ${bytes} bytes: at most ${MAX_MESSAGE_BYTES} bytes are sent`
      this.#deliver(run, { type: 'start-failed', run, message })
    }
    return run
  }

  /** Does nothing when the run has ended: its owner knows, or is about to. */
  send(message: Exclude<ClientMessage, StartMessage>): void {
    if (this.#listeners.has(message.run)) this.#socket?.send(JSON.stringify(message))
  }

  /** The server ends every run of a closed connection. */
  close(): void {
    const socket = this.#socket
    this.#opening = undefined
    this.#lose()
    socket?.close()
  }

  #connect(): Promise<WebSocket> {
    if (this.#opening !== undefined) return this.#opening
    const opening = this.#openSocket()
    this.#opening = opening
    opening.catch(() => {
      if (this.#opening === opening) this.#opening = undefined
    })
    return opening
  }

  #openSocket(): Promise<WebSocket> {
    return new Promise((resolve, reject) => {
      const token = accessToken()
      if (token === null) throw new Error(NO_TOKEN)
      const url = new URL(import.meta.env.BASE_URL + SESSION_PATH, location.href)
      url.protocol = url.protocol.replace('http', 'ws')
      const socket = new WebSocket(url, [SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX + token])
      socket.binaryType = 'arraybuffer'
      this.#socket = socket
      socket.onopen = () => resolve(socket)
      socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => this.#receive(data)
      socket.onclose = () => {
        reject(new Error(NOT_ACCEPTED))
        if (this.#socket !== socket) return
        this.#opening = undefined
        this.#lose()
      }
    })
  }

  #receive(data: string | ArrayBuffer): void {
    const event: RunEvent =
      typeof data === 'string'
        ? parseServerMessage(data)
        : { type: 'output', ...decodeOutputFrame(new Uint8Array(data)) }
    if (event.type === 'refused' && event.run === undefined) {
      throw new Error(`The server refused a message of this page: ${event.message}`)
    }
    if (event.run !== undefined) this.#deliver(event.run, event)
  }

  #deliver(run: number, event: RunEvent): void {
    const listener = this.#listeners.get(run)
    if (event.type === 'exited' || event.type === 'start-failed') this.#listeners.delete(run)
    listener?.(event)
  }

  #lose(): void {
    this.#socket = undefined
    const listeners = [...this.#listeners.values()]
    this.#listeners.clear()
    for (const listener of listeners) listener({ type: 'lost' })
  }
}
