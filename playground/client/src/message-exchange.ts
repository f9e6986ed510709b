import type { ClientFrame, ClientMessage } from '@playground/protocol'
import { OutgoingMessages } from './outgoing-messages.ts'
import type { SessionSocket } from './session-socket.ts'

/**
 * The numbered messages between the page and its session: what the page says is kept until the server has it, and
 * what the server says is counted, so that either goes on over the next connection where the last one ended.
 */
export class MessageExchange {
  readonly #socket: () => SessionSocket | undefined
  readonly #outgoing = new OutgoingMessages()
  /** The number of the server's last message. */
  #received = 0
  #flushing = false

  /** `socket` gives the connection over which messages may go out now, if there is one. */
  constructor(socket: () => SessionSocket | undefined) {
    this.#socket = socket
  }

  /** False if too much waits already for the message to be taken. */
  say(message: ClientMessage): boolean {
    const isTaken = this.#outgoing.add(message)
    if (!this.#flushing) {
      this.#flushing = true
      // At the end of this task, so that what is pasted goes out together.
      queueMicrotask(() => {
        this.#flushing = false
        this.flush()
      })
    }
    return isTaken
  }

  /** Says again what has gone out after this number. */
  resend(received: number): void {
    for (const [number, message] of this.#outgoing.after(received)) this.#send(number, message)
  }

  /** Sends what waits. */
  flush(): void {
    if (this.#socket() === undefined) return
    for (const [number, message] of this.#outgoing.take()) this.#send(number, message)
  }

  /** Tells how many bytes of the run's output are on the screen. */
  tellDrawn(run: number, bytes: number): void {
    this.#socket()?.send({ type: 'drawn', run, bytes, received: this.#received })
  }

  /** The server has the page's messages up to this number. */
  confirm(number: number): void {
    this.#outgoing.confirm(number)
  }

  /** A message of the server has come. */
  count(number: number): void {
    if (number !== this.#received + 1) {
      throw new Error(`Message ${number} of the server came after ${this.#received}`)
    }
    this.#received = number
  }

  /** What the server needs to know to go on. */
  get received(): number {
    return this.#received
  }

  /** Called when the session is gone. */
  clear(): void {
    this.#outgoing.clear()
    this.#received = 0
  }

  #send(number: number, message: ClientMessage): void {
    const frame: ClientFrame = { type: 'message', number, received: this.#received, message }
    this.#socket()?.send(frame)
  }
}
