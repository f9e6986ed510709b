import type { ClientMessage, ToSimulatedNetwork } from '@playground/protocol'
import type { SessionEvents } from './session-events.ts'
import { SimulatedProgram } from './simulated-program.ts'

type StartMessage = Extract<ClientMessage, { type: 'start' }>
type ControlMessage = Exclude<ClientMessage, StartMessage>
type ToNetwork = ToSimulatedNetwork<MessagePort>

const FIRST_PID = 100

/** Runs readers' programs in workers of the page, which a network in a worker of its own joins. */
export class SimulatedSession {
  readonly #events: SessionEvents
  readonly #programs = new Map<number, Promise<SimulatedProgram | undefined>>()
  readonly #stopped = new Set<number>()
  #network: Worker | undefined
  #lastPid = FIRST_PID

  constructor(events: SessionEvents) {
    this.#events = events
  }

  start(message: StartMessage): void {
    this.#programs.set(message.run, this.#launch(message))
  }

  /** False if no such program runs here. */
  control(message: ControlMessage): boolean {
    const starting = this.#programs.get(message.run)
    if (starting === undefined) return false
    void starting.then((program) => {
      if (program !== undefined && this.#programs.has(message.run)) this.#tell(program, message)
    })
    return true
  }

  /** Ends every program, and says nothing of it. */
  close(): void {
    const programs = [...this.#programs.values()]
    this.#programs.clear()
    for (const starting of programs) void starting.then((program) => program?.kill())
    this.#network?.terminate()
    this.#network = undefined
  }

  async #launch({
    run,
    entry,
    files,
    arguments: words,
  }: StartMessage): Promise<SimulatedProgram | undefined> {
    this.#lastPid += 1
    const pid = this.#lastPid
    const { port1, port2 } = new MessageChannel()
    try {
      const start = { pid, entry, files, arguments: words, network: port2 }
      const program = await SimulatedProgram.start(start, {
        message: (event) => this.#hear(run, () => this.#events.message({ ...event, run })),
        output: (output) => this.#hear(run, () => this.#events.output({ ...output, run })),
        ended: (exit) =>
          this.#hear(run, () => {
            this.#programs.delete(run)
            this.#toNetwork({ type: 'detach', pid })
            this.#events.message({ type: 'exited', run, ...exit, stopped: this.#stopped.delete(run) })
          }),
      })
      this.#toNetwork({ type: 'attach', pid, network: port1 }, [port1])
      this.#hear(run, () => this.#events.message({ type: 'started', run, pid }))
      return program
    } catch (error) {
      if (!(error instanceof Error)) throw error
      this.#programs.delete(run)
      this.#events.message({ type: 'start-failed', run, message: error.message })
      return undefined
    }
  }

  #tell(program: SimulatedProgram, message: ControlMessage): void {
    switch (message.type) {
      case 'input':
        return program.send({ type: 'input', data: message.data })
      case 'end-input':
        return program.send({ type: 'end-input' })
      case 'interrupt':
        return program.interrupt()
      case 'stop':
        this.#stopped.add(message.run)
        return program.stop()
    }
  }

  #hear(run: number, hear: () => void): void {
    if (this.#programs.has(run)) hear()
  }

  #toNetwork(message: ToNetwork, transfer: Transferable[] = []): void {
    this.#network ??= new Worker(
      new URL('../../../simulated-network/src/network-worker.ts', import.meta.url),
      { type: 'module', name: 'Simulated network' },
    )
    this.#network.postMessage(message, transfer)
  }
}
