import type { Address, SourceFile } from '@playground/protocol'
import { watch } from 'vue'
import { addressWords } from '../clients/client-knobs.ts'
import { programStateText } from '../program-state-text.ts'
import { isActive, Program, type ProgramState } from '../program.ts'
import type { SessionConnection } from '../session-connection.ts'
import { refuseRecorded } from '../static-copy/refuse-recorded.ts'
import type { SourceLoader } from '../source-loader.ts'
import type { ServerProgram } from '../use-server-program.ts'

/** A server that is started and says nothing for so long does not listen. */
const LISTEN_LIMIT_MS = 15_000
const EXAMINATION_LIMIT_MS = 60_000
const MAX_COMPLAINT_CHARACTERS = 2000

/** Imported by every program that examines a server. */
const MODULE = 'checking.ts'

const PARTS = { check: 'The check', measure: 'The measurement' } as const
const DEEDS = { check: 'check this server', measure: 'measure this server' } as const
export type Part = keyof typeof PARTS

/** The reader's server, and what is needed to run another program against it. */
export interface Examined {
  readonly session: SessionConnection
  readonly server: ServerProgram
  /** The name of its file. */
  readonly file: string
  readonly load: SourceLoader
}

/** An examination that came to its end. */
export interface Examination {
  readonly run: number
  /** All went well: it ended with code 0. */
  readonly succeeded: boolean
  /** The last line that it complained with; empty without a complaint. */
  readonly complaint: string
}

/**
 * Starts the server with its present text, unless that is what runs, and then a part of its example against it: another
 * run of the session, so that what the server prints is none of its results.
 * @throws an Error that says in one line why it did not come to its end; `signal` may have ended it.
 */
export async function examineServer(
  examined: Examined,
  part: Part,
  hear: (data: Uint8Array) => void,
  signal: AbortSignal,
): Promise<Examination> {
  const { session, server, file, load } = examined
  await session.open()
  await refuseRecorded(session, file, DEEDS[part])
  const address = await listeningAddress(server, signal)
  let complaint = ''
  const program = new Program(session, {
    output(stream, data, drawn) {
      if (stream === 'stdout') hear(data)
      else complaint = (complaint + new TextDecoder().decode(data)).slice(-MAX_COMPLAINT_CHARACTERS)
      drawn()
    },
    changed: () => undefined,
    refused: (message) => (complaint = message),
    // An examination of a session that is gone would surprise the reader: it is asked for once more.
    restart: () => undefined,
  })
  program.start(async () => {
    const files = [load(file.replace(/\.ts$/, `.${part}.ts`)), load(MODULE)] as const
    const [source, module] = await Promise.all(files)
    return [
      { name: `${part}.ts`, source },
      { name: MODULE, source: module },
    ] satisfies [SourceFile, SourceFile]
  }, addressWords(address))
  try {
    const ending = await until(
      () => !isActive(program.state.value) || server.program.state.value.name !== 'listening',
      signal,
      EXAMINATION_LIMIT_MS,
    )
    if (ending === 'aborted') throw new Error(`${PARTS[part]} was cancelled`)
    if (ending === 'late')
      throw new Error(`${PARTS[part]} took longer than ${EXAMINATION_LIMIT_MS / 1000} s and was ended`)
    const state = program.state.value
    if (isActive(state)) {
      const how = programStateText(server.program.state.value)
      throw new Error(`The server has ended before ${PARTS[part].toLowerCase()} was over. ${how}`)
    }
    const run = await program.run
    if (state.name !== 'exited' || run === undefined) throw new Error(programStateText(state))
    return { run, succeeded: state.code === 0, complaint: lastLine(complaint) }
  } finally {
    await program.stop()
  }
}

/** Resolves when the server listens with its present text. */
async function listeningAddress(server: ServerProgram, signal: AbortSignal): Promise<Address> {
  const { program } = server
  if (server.stale.value || program.state.value.name === 'stopping') await server.restart()
  else server.start()
  const isSettled = (): boolean => program.state.value.name === 'listening' || !isActive(program.state.value)
  const ending = await until(isSettled, signal, LISTEN_LIMIT_MS)
  const state = program.state.value
  if (ending === 'aborted') throw new Error('Cancelled')
  if (state.name === 'listening') return state.address
  throw new Error(whyNotListening(state))
}

function whyNotListening(state: ProgramState): string {
  if (isActive(state)) return 'The server runs, and does not listen: its program must call serveForever()'
  const text = programStateText(state)
  if (state.name !== 'exited') return text
  return `The server has ended and does not listen: its terminal says why. ${text}`
}

/** Waits for `holds` to become true. */
function until(
  holds: () => boolean,
  signal: AbortSignal,
  limitMs: number,
): Promise<'held' | 'aborted' | 'late'> {
  return new Promise((resolve) => {
    const settle = (how: 'held' | 'aborted' | 'late'): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
      unwatch()
      resolve(how)
    }
    const abort = (): void => settle('aborted')
    const timer = setTimeout(() => settle('late'), limitMs)
    const unwatch = watch(holds, (held) => {
      if (held) settle('held')
    })
    signal.addEventListener('abort', abort)
    if (signal.aborted) abort()
    else if (holds()) settle('held')
  })
}

/** What an error says comes before its frames. */
function lastLine(complaint: string): string {
  const lines = complaint
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^\s+at |^Node\.js v/.test(line))
  return lines.findLast((line) => /Error\b/.test(line)) ?? lines.at(-1) ?? ''
}
