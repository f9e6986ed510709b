import { decodeError, encodeError } from '../remote/error-message.ts'
import type { BaseServer } from '../servers/base-server.ts'
import type { AnswerMessage, Call, CallMessage, LoopCall } from './messages.ts'

interface Waiting {
  resolve: (value: unknown) => void
  reject: (error: unknown) => void
}

/** The calls of one thread to another that wait for their answers. */
export class Calls<T extends Call> {
  readonly #post: (message: CallMessage<T>) => void
  readonly #waiting = new Map<number, Waiting>()
  #lastId = 0

  constructor(post: (message: CallMessage<T>) => void) {
    this.#post = post
  }

  /** Resolves to what the other thread answers. */
  call(call: T): Promise<unknown> {
    const id = ++this.#lastId
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#post({ kind: 'call', id, call })
    })
  }

  settle({ id, value, error }: AnswerMessage): void {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (error === undefined) waiting?.resolve(value)
    else waiting?.reject(decodeError(error))
  }

  /** The other thread has ended: whatever it was asked to end has ended too. */
  resolveAll(): void {
    for (const { resolve } of this.#waiting.values()) resolve(undefined)
    this.#waiting.clear()
  }
}

/** Does what another thread has called for, and makes the answer. */
export async function answer<T extends Call>(
  { id, call }: CallMessage<T>,
  perform: (call: T) => Promise<unknown>,
): Promise<AnswerMessage> {
  try {
    return { kind: 'answer', id, value: await perform(call) }
  } catch (error) {
    return { kind: 'answer', id, error: encodeError(error) }
  }
}

/** Does what is asked of a server where its loop runs. */
export function performOnLoop(server: BaseServer<unknown, unknown>, call: LoopCall): Promise<void> {
  return call.method === 'shutdown' ? server.shutdown() : server.serverClose(call.options)
}
