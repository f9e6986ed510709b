import type { ProgramState } from './program.ts'
import type { EditableFile } from './use-source-file.ts'

/** No line of a trace is longer, and a flood of output must cost little. */
const MAX_LINE_LENGTH = 1000
const MAX_MESSAGE_LINES = 20
const FRAME = /^\s+at (?:.*\()?(?:.*\/)?(?<name>[a-z0-9-]+\.ts):(?<line>\d+):\d+\)?\s*$/
const ANY_FRAME = /^\s+at /
const MESSAGE = /^(?:Uncaught )?(?:[A-Za-z]*Error|Exception)\b.*/
const TRANSPILE_ERROR = /^(?<name>[a-z0-9-]+\.ts):(?<line>\d+):\d+: (?<message>.*)$/s
/** Colours and the like: they are no part of the message. */
const ESCAPE_SEQUENCES = /\x1b\[[0-9;]*m/g

type MarkedFile = Pick<EditableFile, 'name' | 'runErrors'>

/** Finds in what a program prints the lines of its files that have thrown, and marks them until the next start or edit. */
export class RunErrors {
  readonly #files: ReadonlyMap<string, MarkedFile>
  #decoder = new TextDecoder()
  #rest = ''
  /** The lines since the last frame: the message is among them. */
  #before: string[] = []
  #marked = false

  constructor(files: readonly MarkedFile[]) {
    this.#files = new Map(files.map((file) => [file.name, file]))
  }

  hear(data: Uint8Array): void {
    const lines = (this.#rest + this.#decoder.decode(data, { stream: true })).split('\n')
    this.#rest = (lines.pop() ?? '').slice(-MAX_LINE_LENGTH)
    for (const line of lines) if (line.length <= MAX_LINE_LENGTH) this.#hearLine(line)
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
      if (this.#before.length > MAX_MESSAGE_LINES) this.#before.shift()
      return
    }
    const { name, line: number } = FRAME.exec(line.replace(ESCAPE_SEQUENCES, ''))?.groups ?? {}
    if (!this.#marked) this.#marked = this.#mark(name, number, this.#message())
  }

  #message(): string {
    const lines = this.#before
      .map((line) => line.replace(ESCAPE_SEQUENCES, ''))
      .filter((line) => line.trim() !== '')
    const first = lines.findLastIndex((line) => MESSAGE.test(line))
    const message = first === -1 ? lines.slice(-1) : lines.slice(first)
    return message.join('\n').trim()
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
