import { MAX_MESSAGE_BYTES, Outbox, type ClientMessage } from '@playground/protocol'

/** What a message carries beside itself. */
const FRAME_OVERHEAD_BYTES = 128

/** A piece of input of so many characters fits into a message, however they are escaped. */
const MAX_INPUT_CHARACTERS = 32 * 1024

/** What a program reads waits at the server too, which takes as much. */
const MAX_WAITING_CHARACTERS = 1024 * 1024

/**
 * What the page says to its session, numbered as it goes out and kept until the server has it. What is typed or
 * pasted at once, or while there is no connection, is joined: a message for each line would be too many.
 */
export class OutgoingMessages {
  #outbox = new Outbox<ClientMessage>(Infinity)
  #waiting: ClientMessage[] = []
  #waitingCharacters = 0

  /** False if it is input, and too much of that waits already. */
  add(message: ClientMessage): boolean {
    if (message.type !== 'input') {
      this.#waiting.push(message)
      return true
    }
    const { run, data } = message
    if (this.#waitingCharacters + data.length > MAX_WAITING_CHARACTERS) return false
    this.#waitingCharacters += data.length
    const last = this.#waiting.at(-1)
    if (last?.type === 'input' && last.run === run) last.data += data
    else this.#waiting.push({ ...message })
    return true
  }

  /** Takes what waits, with its numbers, in order. */
  *take(): Generator<[number: number, message: ClientMessage]> {
    const waiting = this.#waiting
    this.#waiting = []
    this.#waitingCharacters = 0
    for (const message of waiting.flatMap(pieces)) yield [this.#outbox.add(message, 0), message]
  }

  /** What has gone out after this number, in order: the server does not have it. */
  after(received: number): Generator<[number: number, message: ClientMessage]> {
    this.#outbox.confirm(received)
    return this.#outbox.after(received)
  }

  confirm(received: number): void {
    this.#outbox.confirm(received)
  }

  /** Called when the session it was for is gone. */
  clear(): void {
    this.#outbox = new Outbox(Infinity)
    this.#waiting = []
    this.#waitingCharacters = 0
  }
}

/** Why the message cannot be sent, if it takes too many bytes. */
export function oversizeText(message: ClientMessage): string | undefined {
  const bytes = new TextEncoder().encode(JSON.stringify(message)).length + FRAME_OVERHEAD_BYTES
  if (bytes <= MAX_MESSAGE_BYTES) return undefined
  return `The program takes ${bytes} bytes: at most ${MAX_MESSAGE_BYTES} bytes are sent`
}

function pieces(message: ClientMessage): ClientMessage[] {
  if (message.type !== 'input' || message.data.length <= MAX_INPUT_CHARACTERS) return [message]
  const parts: ClientMessage[] = []
  for (let from = 0; from < message.data.length;) {
    let to = Math.min(from + MAX_INPUT_CHARACTERS, message.data.length)
    // Half of a surrogate pair would arrive as a replacement character.
    if (/[\ud800-\udbff]/.test(message.data.charAt(to - 1)) && to < message.data.length) to -= 1
    parts.push({ ...message, data: message.data.slice(from, to) })
    from = to
  }
  return parts
}
