import type { OutputStream } from '@playground/protocol'
import { ref } from 'vue'
import { LineEditor } from './line-editor.ts'
import type { TerminalScreen } from './terminal-screen.ts'

const LINE_FEED = 0x0a
const NOTE_STYLE = ['\x1b[3;90m', '\x1b[23;39m'] as const
/** Bold as well as red: colour alone would not tell the two streams apart for everybody. */
const STDERR_STYLE = ['\x1b[1;31m', '\x1b[22;39m'] as const

interface TerminalReader {
  /** A line was entered, without its newline. */
  line(text: string): void
  interrupt(): void
  endInput(): void
}

/** What one program prints and what the reader types to it. Until a screen is attached, output waits in order. */
export class ProgramTerminal {
  /** The program has printed something since somebody has set this to false. */
  readonly hasNews = ref(false)
  readonly #lineEditor: LineEditor
  /** The screen, when it is attached and what comes next can be written to it. */
  #ready: Promise<TerminalScreen>
  #attach: (screen: TerminalScreen) => void = () => {}
  #screen: TerminalScreen | undefined
  #writesUnderWay = 0
  #atLineStart = true

  constructor(reader: TerminalReader) {
    this.#ready = new Promise((resolve) => (this.#attach = resolve))
    this.#lineEditor = new LineEditor({
      line: (text) => reader.line(text),
      interrupt: () => reader.interrupt(),
      endInput: () => reader.endInput(),
      write: (text) => void this.#screen?.write(text),
      columns: () => this.#screen?.columns ?? 80,
    })
  }

  attach(screen: TerminalScreen): void {
    this.#screen = screen
    this.#attach(screen)
  }

  focus(): void {
    void this.#ready.then((screen) => screen.focus())
  }

  /** Keys and pastes of the reader, as xterm sends them. */
  type(data: string): void {
    this.#lineEditor.type(data)
  }

  output(stream: OutputStream, data: Uint8Array, drawn: () => void): void {
    this.hasNews.value = true
    this.#atLineStart = data.at(-1) === LINE_FEED
    if (stream === 'stdout') this.#write([data], drawn)
    else this.#write([STDERR_STYLE[0], data, STDERR_STYLE[1]], drawn)
  }

  /** Called when the program has ended: what it has set of the terminal is not for what comes next. */
  programEnded(): void {
    this.#writesUnderWay += 1
    this.#ready = this.#ready.then(async (screen) => {
      this.#lineEditor.hide()
      await screen.restore()
      this.#drawn(screen)
      return screen
    })
  }

  /** A line of the playground itself, told apart from what the program prints. */
  note(text: string): void {
    this.#writeLine(`${NOTE_STYLE[0]}— ${text}${NOTE_STYLE[1]}`)
  }

  /** A command as a shell would show it. */
  command(text: string): void {
    this.#writeLine(text)
  }

  /** What the reader types next follows `prompt`; an empty one while a program reads the lines. */
  setPrompt(prompt: string): void {
    this.#lineEditor.setPrompt(prompt)
    if (prompt !== '') this.#write([this.#freshLine()], () => {})
  }

  #writeLine(text: string): void {
    this.#write([this.#freshLine() + text + '\r\n'], () => {})
  }

  #freshLine(): string {
    const line = this.#atLineStart ? '' : '\r\n'
    this.#atLineStart = true
    return line
  }

  #write(parts: (string | Uint8Array)[], drawn: () => void): void {
    this.#writesUnderWay += 1
    void this.#ready.then(async (screen) => {
      this.#lineEditor.hide()
      await Promise.all(parts.map((part) => screen.write(part)))
      drawn()
      this.#drawn(screen)
    })
  }

  #drawn(screen: TerminalScreen): void {
    this.#writesUnderWay -= 1
    if (this.#writesUnderWay === 0) this.#lineEditor.show(screen.cursorColumn)
  }
}
