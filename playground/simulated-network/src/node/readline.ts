import type { Input } from '../program/input.ts'
import { EventEmitter } from './events.ts'

/** What readers' programs use of Node's readline: the lines of an input. */
class Interface extends EventEmitter {
  readonly #input: Input
  readonly #lines: string[] = []
  #rest = ''
  #isClosed = false
  #wake = (): void => undefined

  constructor(input: Input) {
    super()
    this.#input = input
    input.on('data', (text: string) => this.#hear(text))
    input.once('end', () => {
      if (this.#rest !== '') this.#hear('\n')
      this.close()
    })
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#input.pause()
    this.emit('close')
    this.#wake()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    try {
      for (;;) {
        const line = this.#lines.shift()
        if (line !== undefined) yield line
        else if (this.#isClosed) return
        else await new Promise<void>((resolve) => (this.#wake = resolve))
      }
    } finally {
      this.close()
    }
  }

  #hear(text: string): void {
    if (this.#isClosed) return
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) {
      this.#lines.push(line)
      this.emit('line', line)
    }
    this.#wake()
  }
}

export function createInterface({ input }: { input: Input }): Interface {
  return new Interface(input)
}

export default { createInterface }
