import { nextTick } from 'vue'
import { programStateText } from './program-state-text.ts'
import { ProgramTerminal } from './program-terminal.ts'
import { isActive, Program } from './program.ts'
import type { SessionConnection } from './session-connection.ts'
import { RunErrors } from './run-errors.ts'
import { currentFiles, type EditableFile } from './use-source-file.ts'

/** The client that the reader edits, with its terminal. */
export interface ClientProgram {
  readonly name: string
  readonly program: Program
  readonly terminal: ProgramTerminal
  readonly introduction: string
  readonly prompt: string
  /** Runs it with these words, as if the reader had typed them. */
  run(words: readonly string[]): void
}

/** The client's terminal is a shell that knows one command: the reader types its words. */
export function useClientProgram(
  connection: SessionConnection,
  file: EditableFile,
  modules: readonly EditableFile[],
  sampleWords: string,
  server: Program,
): ClientProgram {
  const introduction = `Type words, like: ${sampleWords}`
  const prompt = `$ tsx ${file.name} `
  let command = prompt
  const errors = new RunErrors([file, ...modules])
  const terminal = new ProgramTerminal({
    line(text) {
      if (isActive(program.state.value)) return program.input(text + '\n')
      start(text)
    },
    interrupt: () => program.interrupt(),
    endInput: () => program.endInput(),
  })
  const program = new Program(connection, {
    output(stream, data, drawn) {
      errors.hear(data)
      terminal.output(stream, data, drawn)
    },
    changed(state) {
      errors.follow(state)
      if (isActive(state)) return
      terminal.programEnded()
      const succeeded = state.name === 'exited' && state.code === 0
      if (!succeeded) terminal.note(programStateText(state))
      terminal.setPrompt(prompt)
    },
    refused: (message) => terminal.note(message),
    restart: () => void restart(),
  })

  function start(text: string): void {
    terminal.setPrompt('')
    command = prompt + text
    program.start(
      () => currentFiles(file, modules),
      text.split(' ').filter((word) => word !== ''),
    )
  }

  async function restart(): Promise<void> {
    terminal.setPrompt('')
    // The server hears of the lost session in this same task; it must listen before its client comes.
    await nextTick()
    await server.settled()
    terminal.command(command)
    program.startAgain()
  }

  terminal.note(introduction)
  terminal.setPrompt(prompt)
  return {
    name: file.name,
    program,
    terminal,
    introduction,
    prompt,
    run(words) {
      if (isActive(program.state.value)) return
      start(words.join(' '))
      terminal.command(command)
    },
  }
}
