import { Outbox, type Output, type RefusalCode, type ServerMessage } from '@playground/protocol'
import { refusals } from './metrics.ts'
import type { PageConnection } from './page-connection.ts'

/** The page keeps what it has sent until the server confirms it, which it does at least as often as this. */
const CONFIRM_EVERY_MESSAGES = 16

/**
 * What a session says to its page and hears from it, whether the page is connected or not: numbered both ways, so
 * that nothing is lost and nothing comes twice when a connection is.
 */
export class SessionLink {
  readonly #outbox: Outbox<ServerMessage | Output>
  #connection: PageConnection | undefined
  #received = 0
  #confirmed = 0

  constructor(replayBytes: number) {
    this.#outbox = new Outbox(replayBytes)
  }

  /** The number of the page's last message. */
  get received(): number {
    return this.#received
  }

  send(message: ServerMessage): void {
    this.#write(this.#outbox.add(message, JSON.stringify(message).length), message)
  }

  refuse(code: RefusalCode, message: string, run?: number): void {
    refusals.inc({ code })
    this.send({ type: 'refused', code, message, ...(run !== undefined && { run }) })
  }

  sendOutput(output: Output): void {
    this.#write(this.#outbox.add(output, output.data.length), output)
  }

  /** Whether a page that has the messages up to this number can be sent all the others. */
  canResume(received: number): boolean {
    return this.#outbox.holdsAfter(received)
  }

  /** From now on the page hears of everything through this connection, beginning after the last that it has. */
  attach(connection: PageConnection, pageHas: number): void {
    this.#connection = connection
    this.#confirmed = this.#received
    this.#outbox.confirm(pageHas)
    for (const [number, message] of this.#outbox.after(pageHas)) this.#write(number, message)
  }

  detach(): void {
    this.#connection = undefined
  }

  /** The page has all messages up to this number. */
  confirm(number: number): void {
    this.#outbox.confirm(number)
  }

  /** Whether the page's message is the next one; a repeated one is not, and is to be ignored. */
  take(number: number): 'next' | 'repeated' | 'gap' {
    if (number <= this.#received) return 'repeated'
    if (number > this.#received + 1) return 'gap'
    this.#received = number
    if (number - this.#confirmed >= CONFIRM_EVERY_MESSAGES) this.confirmReceived()
    return 'next'
  }

  confirmReceived(): void {
    this.#confirmed = this.#received
    this.#connection?.send({ type: 'received', number: this.#received })
  }

  #write(number: number, message: ServerMessage | Output): void {
    if ('type' in message) this.#connection?.send({ type: 'message', number, message })
    else this.#connection?.sendOutput({ number, ...message })
  }
}
