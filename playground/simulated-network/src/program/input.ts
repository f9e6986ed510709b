import { EventEmitter } from '../node/events.ts'

interface Holder {
  begin(handle: object): void
  end(handle: object): void
}

/** Standard input: what was typed waits until the program reads it. */
export class Input extends EventEmitter {
  readonly isTTY = false
  readonly #holder: Holder
  readonly #waiting: string[] = []
  #isReading = false
  #isEnded = false
  #hasToldEnd = false

  constructor(holder: Holder) {
    super()
    this.#holder = holder
  }

  /** The reader has typed something. */
  push(text: string): void {
    this.#waiting.push(text)
    this.#deliver()
  }

  /** The reader has typed Ctrl-D. */
  end(): void {
    this.#isEnded = true
    this.#deliver()
  }

  setEncoding(): this {
    return this
  }

  resume(): this {
    this.#isReading = true
    if (!this.#hasToldEnd) this.#holder.begin(this)
    queueMicrotask(() => this.#deliver())
    return this
  }

  pause(): this {
    this.#isReading = false
    this.#holder.end(this)
    return this
  }

  override on(name: string | symbol, listener: (...args: never[]) => unknown): this {
    super.on(name, listener)
    return name === 'data' ? this.resume() : this
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    const pieces: string[] = []
    let wake = (): void => undefined
    this.on('data', (text: string) => {
      pieces.push(text)
      wake()
    })
    this.once('end', () => wake())
    for (;;) {
      const piece = pieces.shift()
      if (piece !== undefined) yield piece
      else if (this.#hasToldEnd) return
      else await new Promise<void>((resolve) => (wake = resolve))
    }
  }

  #deliver(): void {
    if (!this.#isReading) return
    for (const text of this.#waiting.splice(0)) this.emit('data', text)
    if (!this.#isEnded || this.#hasToldEnd) return
    this.#hasToldEnd = true
    this.#holder.end(this)
    this.emit('end')
  }
}
