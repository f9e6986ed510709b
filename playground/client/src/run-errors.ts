import type { ProgramState } from './program.ts'
import type { EditableFile } from './use-source-file.ts'

/** A trace goes on over several pieces of output; what is longer than this before it is no message. */
const MAX_MESSAGE_LENGTH = 4096
const FRAME = /^\s+at (?:.*\()?(?:.*\/)?(?<name>[a-z0-9-]+\.ts):(?<line>\d+):\d+\)?\s*$/
const ANY_FRAME = /^\s+at /
const MESSAGE = /^(?:Uncaught )?(?:[A-Za-z]*Error|Exception)\b.*/
const TRANSPILE_ERROR = /^(?<name>[a-z0-9-]+\.ts):(?<line>\d+):\d+: (?<message>.*)$/s
/** Colours and the like: they are no part of the message. */
const ESCAPE_SEQUENCES = /\x1b\[[0-9;]*m/g

/** Finds in what a program prints the lines of its files that have thrown, and marks them until the next start or edit. */
export class RunErrors {
  readonly #files: ReadonlyMap<string, EditableFile>
  #decoder = new TextDecoder()
  #rest = ''
  /** The lines since the last frame: the message is among them. */
  #before: string[] = []
  #marked = false

  constructor(files: readonly EditableFile[]) {
    this.#files = new Map(files.map((file) => [file.name, file]))
  }

  hear(data: Uint8Array): void {
    const text = this.#rest + this.#decoder.decode(data, { stream: true })
    const lines = text.split('\n')
    this.#rest = (lines.pop() ?? '').slice(-MAX_MESSAGE_LENGTH)
    for (const line of lines.slice(-MAX_MESSAGE_LENGTH)) this.#hearLine(line.replace(ESCAPE_SEQUENCES, ''))
  }

  follow(state: ProgramState): void {
    if (state.name === 'connecting') this.#begin()
    if (state.name !== 'could-not-start') return
    const { name, line, message } = TRANSPILE_ERROR.exec(state.message)?.groups ?? {}
    if (message !== undefined) this.#mark(name, line, message)
  }

  #begin(): void {
    this.#decoder = new TextDecoder()
    this.#rest = ''
    this.#before = []
    this.#marked = false
    for (const file of this.#files.values()) file.runErrors.value = []
  }

  #hearLine(line: string): void {
    if (!ANY_FRAME.test(line)) {
      // A new error may follow the frames of the last.
      if (this.#marked) this.#before = []
      this.#marked = false
      this.#before.push(line)
      if (this.#before.length > 20) this.#before.shift()
      return
    }
    const { name, line: number } = FRAME.exec(line)?.groups ?? {}
    if (!this.#marked) this.#marked = this.#mark(name, number, this.#message())
  }

  #message(): string {
    const lines = this.#before.filter((line) => line.trim() !== '')
    const first = lines.findLastIndex((line) => MESSAGE.test(line))
    const message = first === -1 ? lines.slice(-1) : lines.slice(first)
    return message.join('\n').trim().slice(0, MAX_MESSAGE_LENGTH)
  }

  /** Only the place nearest to the error is marked, not who called it. */
  #mark(name = '', number = '', message: string): boolean {
    const file = this.#files.get(name)
    if (file === undefined) return false
    const line = Number(number)
    const errors = file.runErrors.value.filter((error) => error.line !== line)
    file.runErrors.value = [...errors, { line, message }]
    return true
  }
}
