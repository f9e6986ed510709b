import { cellWidth } from './cell-width.ts'

interface LineEditorHost {
  write(text: string): void
  columns(): number
  /** A line was entered, without its newline. */
  line(text: string): void
  /** Ctrl-C. */
  interrupt(): void
  /** Ctrl-D on an empty line. */
  endInput(): void
}

/** One key as a terminal sends it: an escape sequence, or a character. */
const KEYS = /\x1b\[[0-?]*[@-~]|\x1bO[ -~]|\x1b[^]|\r\n|[^]/gu
const PRINTABLE = /^[^\p{Cc}\x1b]/u
const HISTORY_LINES = 100

/**
 * What the kernel's line discipline and a shell's line editing do between a keyboard and a program: the programs
 * run without a pseudo-terminal, so that the page does it. Draws relative to the cursor and repaints from the
 * first difference only: a screen reader would read a whole redrawn line again after every key.
 */
export class LineEditor {
  readonly #host: LineEditorHost
  readonly #history: string[] = []
  #historyIndex = 0
  #prompt = ''
  #characters: string[] = []
  #caret = 0
  #shown = false
  #startColumn = 0
  #painted: { characters: string[]; caret: number } = { characters: [], caret: 0 }

  constructor(host: LineEditorHost) {
    this.#host = host
  }

  /** Takes effect when the line is next painted. */
  setPrompt(prompt: string): void {
    this.#prompt = prompt
  }

  /** Called when output has been drawn and the cursor stands at `column`: draws what is typed so far. */
  show(column: number): void {
    if (this.#shown) return
    this.#shown = true
    this.#startColumn = column
    this.#painted = { characters: [], caret: 0 }
    this.#paint()
  }

  /** Called before output is written: takes the typed text off the screen, so that the two do not mix. */
  hide(): void {
    if (!this.#shown) return
    if (this.#painted.characters.length > 0) this.#host.write(this.#move(this.#painted.caret, 0) + '\x1b[J')
    this.#shown = false
  }

  /** Called with what the terminal sends for keys and pastes. */
  type(data: string): void {
    for (const [key] of data.matchAll(KEYS)) this.#press(key)
    this.#paint()
  }

  #press(key: string): void {
    switch (key) {
      case '\r':
      case '\n':
      case '\r\n':
        return this.#enter()
      case '\x03':
        return this.#interrupt()
      case '\x04':
        return this.#characters.length === 0 ? this.#host.endInput() : undefined
      case '\x7f':
      case '\b':
        if (this.#caret > 0) this.#characters.splice(--this.#caret, 1)
        return
      case '\x1b[3~':
        this.#characters.splice(this.#caret, 1)
        return
      case '\x15':
        this.#characters.splice(0, this.#caret)
        this.#caret = 0
        return
      case '\x1b[D':
      case '\x1bOD':
        this.#caret = Math.max(0, this.#caret - 1)
        return
      case '\x1b[C':
      case '\x1bOC':
        this.#caret = Math.min(this.#characters.length, this.#caret + 1)
        return
      case '\x01':
      case '\x1b[H':
      case '\x1bOH':
        this.#caret = 0
        return
      case '\x05':
      case '\x1b[F':
      case '\x1bOF':
        this.#caret = this.#characters.length
        return
      case '\x1b[A':
      case '\x1bOA':
        return this.#recall(this.#historyIndex - 1)
      case '\x1b[B':
      case '\x1bOB':
        return this.#recall(this.#historyIndex + 1)
      case '\t':
        return this.#insert(' ')
      default:
        if (PRINTABLE.test(key)) this.#insert(key)
    }
  }

  #insert(character: string): void {
    this.#characters.splice(this.#caret++, 0, character)
  }

  #enter(): void {
    const line = this.#characters.join('')
    this.#leaveLine('')
    if (line !== '' && line !== this.#history.at(-1)) this.#history.push(line)
    if (this.#history.length > HISTORY_LINES) this.#history.shift()
    this.#historyIndex = this.#history.length
    this.#host.line(line)
  }

  #interrupt(): void {
    this.#leaveLine('^C')
    this.#historyIndex = this.#history.length
    this.#host.interrupt()
  }

  #recall(index: number): void {
    if (index < 0 || index > this.#history.length) return
    this.#historyIndex = index
    this.#characters = Array.from(this.#history[index] ?? '')
    this.#caret = this.#characters.length
  }

  /** The line stays on the screen as it is, and the cursor goes below it. */
  #leaveLine(mark: string): void {
    this.#caret = this.#characters.length
    this.#paint()
    const echo = this.#shown ? '' : this.#characters.join('')
    this.#host.write(echo + mark + '\r\n')
    this.#characters = []
    this.#caret = 0
    this.#startColumn = 0
    this.#painted = { characters: [], caret: 0 }
  }

  #paint(): void {
    if (!this.#shown) return
    const prompt = Array.from(this.#prompt)
    const characters = [...prompt, ...this.#characters]
    const caret = prompt.length + this.#caret
    const before = this.#painted
    const same = commonLength(before.characters, characters)
    const changed = same < before.characters.length || same < characters.length
    let output = ''
    if (changed) {
      output += this.#move(before.caret, same)
      if (same < before.characters.length) output += '\x1b[J'
      output += characters.slice(same).join('')
      this.#painted = { characters, caret: characters.length }
      // After the last column a terminal holds the cursor back until the next character: this makes it wrap now.
      if (same < characters.length && this.#position(characters.length).column === 0) output += ' \b'
    }
    output += this.#move(this.#painted.caret, caret)
    this.#painted.caret = caret
    if (output !== '') this.#host.write(output)
  }

  /** Moves the cursor over what is painted, from one character to another. */
  #move(from: number, to: number): string {
    if (from === to) return ''
    const start = this.#position(from)
    const end = this.#position(to)
    const rows = end.row - start.row
    const vertical = rows === 0 ? '' : rows < 0 ? `\x1b[${-rows}A` : `\x1b[${rows}B`
    return vertical + '\r' + (end.column === 0 ? '' : `\x1b[${end.column}C`)
  }

  /** Where a painted character stands, counted from the row in which the prompt begins. */
  #position(index: number): { row: number; column: number } {
    const columns = this.#host.columns()
    let row = 0
    let column = this.#startColumn
    for (const character of this.#painted.characters.slice(0, index)) {
      const width = cellWidth(character)
      if (column + width > columns) {
        row += 1
        column = 0
      }
      column += width
    }
    return column < columns ? { row, column } : { row: row + 1, column: 0 }
  }
}

function commonLength(left: readonly string[], right: readonly string[]): number {
  const length = left.findIndex((character, index) => character !== right[index])
  return length === -1 ? left.length : length
}
