import {
  parseProgramEvent,
  type FromSimulatedProgram,
  type Output,
  type ServerMessage,
  type SourceFile,
  type ToSimulatedProgram,
} from '@playground/protocol'
import { openLanguageWorker } from '../language/open-language-worker.ts'

type ToProgram = ToSimulatedProgram<MessagePort>
type Exit = Omit<Extract<ServerMessage, { type: 'exited' }>, 'type' | 'run' | 'stopped'>

/** A program that does not answer a signal in this time is caught in a loop. */
const SIGNAL_ANSWER_MS = 500
/** How long a program that is stopped may take for its last requests. */
const STOP_GRACE_MS = 1500
const OUTPUT_LIMIT_BYTES = 16 * 1024 * 1024

interface ProgramStart {
  pid: number
  entry: string
  files: readonly SourceFile[]
  arguments: string[]
  network: MessagePort
}

interface ProgramEvents {
  message(message: ReturnType<typeof parseProgramEvent>): void
  output(output: Omit<Output, 'run'>): void
  ended(exit: Exit): void
}

/** One program, in a worker that ends with it. */
export class SimulatedProgram {
  readonly #worker: Worker
  readonly #events: ProgramEvents
  #outputBytes = 0
  #timer: number | undefined
  #isStopping = false
  #hasEnded = false

  /** @throws an Error of one line if the program is not TypeScript. */
  static async start(start: ProgramStart, events: ProgramEvents): Promise<SimulatedProgram> {
    const { files, network, ...rest } = start
    const modules = await (await openLanguageWorker()).transpileModules(files)
    const program = new SimulatedProgram(events)
    program.#worker.postMessage({ type: 'start', modules, network, ...rest } satisfies ToProgram, [network])
    return program
  }

  private constructor(events: ProgramEvents) {
    this.#events = events
    this.#worker = new Worker(new URL('../../../simulated-network/src/program-worker.ts', import.meta.url), {
      type: 'module',
      name: 'Simulated program',
    })
    this.#worker.onmessage = ({ data }: MessageEvent<FromSimulatedProgram>) => this.#hear(data)
    this.#worker.onerror = (event) => {
      event.preventDefault()
      const message = 'The simulated network cannot be loaded: is the site still there?'
      this.#end({ code: 1, signal: null, limit: message })
    }
  }

  send(message: Exclude<ToProgram, { type: 'start' | 'signal' }>): void {
    this.#worker.postMessage(message)
  }

  /** What Ctrl-C does: a program that does not listen to it ends. */
  interrupt(): void {
    this.#signal('SIGINT')
  }

  stop(): void {
    this.#isStopping = true
    this.#signal('SIGTERM')
  }

  /** Ends it at once. */
  kill(signal = 'SIGKILL'): void {
    this.#end({ code: null, signal })
  }

  #signal(name: 'SIGINT' | 'SIGTERM'): void {
    this.#worker.postMessage({ type: 'signal', name } satisfies ToProgram)
    window.clearTimeout(this.#timer)
    this.#timer = window.setTimeout(() => this.kill(name), SIGNAL_ANSWER_MS)
  }

  #hear(message: FromSimulatedProgram): void {
    switch (message.type) {
      case 'output':
        return this.#print(message)
      case 'event':
        return this.#events.message(parseProgramEvent(message.line))
      case 'signalled':
        window.clearTimeout(this.#timer)
        if (this.#isStopping) this.#timer = window.setTimeout(() => this.kill(), STOP_GRACE_MS)
        return
      case 'exited':
        return this.#end({ code: message.code, signal: message.signal })
    }
  }

  #print({ stream, data }: Extract<FromSimulatedProgram, { type: 'output' }>): void {
    this.#outputBytes += data.length
    this.#events.output({ stream, data })
    if (this.#outputBytes < OUTPUT_LIMIT_BYTES) return
    const limit = `the program has printed ${OUTPUT_LIMIT_BYTES / 1024 / 1024} MiB`
    this.#end({ code: null, signal: 'SIGKILL', limit })
  }

  #end(exit: Exit): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    window.clearTimeout(this.#timer)
    this.#worker.onmessage = null
    this.#worker.terminate()
    this.#events.ended(exit)
  }
}
