import { encodeOutputFrame, type Closing, type OutputFrame, type ServerFrame } from '@playground/protocol'
import { WebSocket, type RawData } from 'ws'

/** More than the runs of a session may have unacknowledged: only a page that does not read gets here. */
const MAX_BUFFERED_BYTES = 16 * 1024 * 1024

/** How long a page may take to close its end. */
const CLOSE_MS = 1000

const GOING_AWAY = 1001
const POLICY_VIOLATION = 1008
const TRY_AGAIN_LATER = 1013

interface PageEvents {
  frame(data: RawData, isBinary: boolean): void
  /** It is time to be heard: a browser does not show the page the pings of the protocol. */
  heartbeat(): void
  closed(): void
}

/** The server's end of one WebSocket of a page: sends, and gives up a page that is dead or does not read. */
export class PageConnection {
  readonly #webSocket: WebSocket
  #heartbeat: () => void = () => undefined

  constructor(webSocket: WebSocket, pingIntervalMs: number) {
    this.#webSocket = webSocket
    // ws closes the socket by itself after an error, and 'close' is what its session hears.
    webSocket.on('error', () => undefined)
    this.#watch(pingIntervalMs)
  }

  get isOpen(): boolean {
    return this.#webSocket.readyState === WebSocket.OPEN
  }

  /** Called once, by the session that the connection is for. */
  listen({ frame, heartbeat, closed }: PageEvents): void {
    this.#heartbeat = heartbeat
    this.#webSocket.on('message', frame)
    this.#webSocket.once('close', closed)
  }

  send(frame: ServerFrame): void {
    this.#write(JSON.stringify(frame))
  }

  sendOutput(frame: OutputFrame): void {
    this.#write(encodeOutputFrame(frame))
  }

  /** Whether there is a page at the other end: one that has lost its network does not answer. */
  async answers(timeoutMs: number): Promise<boolean> {
    if (!this.isOpen) return false
    return new Promise((resolve) => {
      const settle = (answer: boolean): void => {
        clearTimeout(timer)
        this.#webSocket.off('pong', answered)
        this.#webSocket.off('close', gone)
        resolve(answer)
      }
      const answered = (): void => settle(true)
      const gone = (): void => settle(false)
      const timer = setTimeout(gone, timeoutMs)
      this.#webSocket.once('pong', answered)
      this.#webSocket.once('close', gone)
      this.#webSocket.ping()
    })
  }

  /** Tells the page why it is closed, in a frame: a browser does not show the reason of a refused upgrade. */
  refuse(code: Closing['code'], message: string): void {
    this.send({ type: 'closing', code, message })
    this.#webSocket.close(code === 'busy' ? TRY_AGAIN_LATER : POLICY_VIOLATION, code)
  }

  /**
   * Asks the page to close the connection, unless that is done already: it is to come back to whoever serves then.
   * Resolves when it is closed; what was sent before has then arrived, if there is a page that reads it.
   */
  async close(): Promise<void> {
    if (this.#webSocket.readyState === WebSocket.CLOSED) return
    const closed = new Promise((resolve) => this.#webSocket.once('close', resolve))
    this.#webSocket.close(GOING_AWAY, 'The playground server has ended')
    const timer = setTimeout(() => this.#webSocket.terminate(), CLOSE_MS)
    await closed
    clearTimeout(timer)
  }

  terminate(): void {
    this.#webSocket.terminate()
  }

  #write(data: string | Uint8Array): void {
    if (!this.isOpen) return
    if (this.#webSocket.bufferedAmount > MAX_BUFFERED_BYTES) this.#webSocket.terminate()
    else this.#webSocket.send(data)
  }

  #watch(pingIntervalMs: number): void {
    let answered = true
    this.#webSocket.on('pong', () => {
      answered = true
    })
    const timer = setInterval(() => {
      if (!answered) this.#webSocket.terminate()
      answered = false
      if (!this.isOpen) return
      this.#webSocket.ping()
      this.#heartbeat()
    }, pingIntervalMs)
    this.#webSocket.once('close', () => {
      clearInterval(timer)
    })
  }
}
