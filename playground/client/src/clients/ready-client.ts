import { nextTick, shallowRef, type ShallowRef } from 'vue'
import { programStateText } from '../program-state-text.ts'
import { ProgramTerminal } from '../program-terminal.ts'
import { isActive, Program, type ProgramState } from '../program.ts'
import type { SessionConnection } from '../session-connection.ts'
import { BurstResult, type BurstRow } from './burst-result.ts'
import { loadClient } from './client-programs.ts'

interface ReadyClientCommand {
  /** The entry first. */
  files: readonly [string, ...string[]]
  burst: boolean
  /** Asked for at each start: a server that was restarted may listen elsewhere. */
  words(): string[]
}

/** A client of the playground's own, with a terminal: what is typed is sent, over a new connection if it must be. */
export class ReadyClient {
  readonly name: string
  readonly introduction: string
  readonly prompt = ''
  readonly program: Program
  readonly terminal: ProgramTerminal
  readonly result: ShallowRef<readonly BurstRow[]> = shallowRef([])
  readonly #command: ReadyClientCommand
  readonly #server: Program
  #burst = new BurstResult()

  constructor(name: string, command: ReadyClientCommand, connection: SessionConnection, server: Program) {
    this.name = name
    this.introduction = `${name} starts…`
    this.#command = command
    this.#server = server
    this.terminal = new ProgramTerminal({
      line: (text) => this.#enter(text),
      interrupt: () => this.program.interrupt(),
      endInput: () => this.program.endInput(),
    })
    this.program = new Program(connection, {
      output: (stream, data, drawn) => {
        if (stream === 'stdout') this.#burst.hear(data)
        this.terminal.output(stream, data, drawn)
      },
      changed: (state) => this.#changed(state),
      refused: (message) => this.terminal.note(message),
      restart: () => void this.#restart(),
    })
  }

  start(): void {
    const { files, words } = this.#command
    const given = words()
    this.#burst = new BurstResult()
    this.result.value = []
    this.terminal.command(`$ tsx ${[files[0], ...given].join(' ')}`)
    this.program.start(() => loadClient(files), given)
  }

  #enter(text: string): void {
    if (!isActive(this.program.state.value)) this.start()
    if (!this.#command.burst) this.program.input(`${text}\n`)
  }

  #changed(state: ProgramState): void {
    if (isActive(state)) return
    this.terminal.programEnded()
    if (this.#command.burst) this.result.value = this.#burst.rows()
    const succeeded = state.name === 'exited' && state.code === 0
    if (!succeeded) this.terminal.note(programStateText(state))
    this.terminal.note(this.#command.burst ? 'Enter runs it again' : 'The next line opens a new client')
  }

  async #restart(): Promise<void> {
    // The server hears of the lost session in this same task; it must listen before its client comes.
    await nextTick()
    await this.#server.settled()
    this.start()
  }
}
