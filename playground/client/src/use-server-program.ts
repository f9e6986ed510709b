import { computed, ref, type ComputedRef } from 'vue'
import { programStateText } from './program-state-text.ts'
import { ProgramTerminal } from './program-terminal.ts'
import { isActive, Program, type ProgramState } from './program.ts'
import type { SessionConnection } from './session-connection.ts'
import { RunErrors } from './run-errors.ts'
import { currentFiles, type EditableFile } from './use-source-file.ts'

export const SERVER_INTRODUCTION = 'Press Start: the output appears here'

/** States that pass by themselves; the others stay readable in the terminal. */
const PASSING = new Set<ProgramState['name']>(['connecting', 'starting', 'running', 'stopping'])

/** The server of a playground, with its terminal. */
export interface ServerProgram {
  readonly program: Program
  readonly terminal: ProgramTerminal
  /** The reader has edited the file since the running program was started from it. */
  readonly stale: ComputedRef<boolean>
  start(): void
  restart(): Promise<void>
}

export function useServerProgram(
  connection: SessionConnection,
  file: EditableFile,
  modules: readonly EditableFile[],
): ServerProgram {
  const startedTexts = ref<(string | undefined)[]>()
  const texts = computed(() => [file, ...modules].map(({ text }) => text.value))
  const errors = new RunErrors([file, ...modules])
  const terminal = new ProgramTerminal({
    line(text) {
      if (isActive(program.state.value)) program.input(text + '\n')
      else terminal.note('No program reads this: press Start first')
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
      if (!isActive(state)) terminal.programEnded()
      if (!PASSING.has(state.name)) terminal.note(programStateText(state))
    },
    refused: (message) => terminal.note(message),
    restart() {
      terminal.command(`$ tsx ${file.name}`)
      program.startAgain()
    },
  })
  terminal.note(SERVER_INTRODUCTION)

  function start(): void {
    if (isActive(program.state.value)) return
    terminal.command(`$ tsx ${file.name}`)
    program.start(async () => {
      const current = await currentFiles(file, modules)
      startedTexts.value = current.map(({ source }) => source)
      return current
    }, [])
  }

  return {
    program,
    terminal,
    stale: computed(
      () =>
        isActive(program.state.value) &&
        texts.value.some((text, index) => text !== startedTexts.value?.[index]),
    ),
    start,
    async restart() {
      await program.stop()
      start()
    },
  }
}
