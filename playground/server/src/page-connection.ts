import { encodeOutputFrame, type OutputFrame, type ServerMessage } from '@playground/protocol'
import { WebSocket } from 'ws'

/** More than the runs of a session may have unacknowledged: only a page that does not read gets here. */
const MAX_BUFFERED_BYTES = 16 * 1024 * 1024

const GOING_AWAY = 1001

/** The server's end of a page's WebSocket: sends, and gives up a page that is dead or does not read. */
export class PageConnection {
  readonly #webSocket: WebSocket

  constructor(webSocket: WebSocket, pingIntervalMs: number) {
    this.#webSocket = webSocket
    // ws closes the socket by itself after an error, and 'close' is what ends the session.
    webSocket.on('error', () => undefined)
    this.#watch(pingIntervalMs)
  }

  send(message: ServerMessage): void {
    this.#write(JSON.stringify(message))
  }

  sendOutput(frame: OutputFrame): void {
    this.#write(encodeOutputFrame(frame))
  }

  /** Asks the page to close the connection; it may be gone already. */
  close(): void {
    this.#webSocket.close(GOING_AWAY, 'The playground server has ended')
  }

  terminate(): void {
    this.#webSocket.terminate()
  }

  #write(data: string | Uint8Array): void {
    if (this.#webSocket.readyState !== WebSocket.OPEN) return
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
      if (this.#webSocket.readyState === WebSocket.OPEN) this.#webSocket.ping()
    }, pingIntervalMs)
    this.#webSocket.once('close', () => {
      clearInterval(timer)
    })
  }
}
