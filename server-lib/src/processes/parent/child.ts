import { type ChildProcess, fork, type SendHandle } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { SocketServerError } from '../../errors.ts'
import { decodeError, encodeError } from '../../remote/error-message.ts'
import type { ServerBlueprint } from '../../remote/server-blueprint.ts'
import { DatagramSocket } from '../../sockets/datagram-socket.ts'
import type {
  FinishedMessage,
  SendMessage,
  SentMessage,
  ServeMessage,
  ToChild,
  ToParent,
} from '../messages.ts'
import { execArguments } from './exec-arguments.ts'

const PROGRAM = fileURLToPath(new URL('../child/main.js', import.meta.url))

/** How long a child may take to end after SIGTERM, which its handler may have caught, before SIGKILL. */
const KILL_GRACE_MS = 1000

/** A request as it goes to a child. */
export interface Parcel {
  message: ServeMessage
  /** The connection of a stream. */
  handle?: SendHandle
  /** The server's socket, through which the child's datagrams are sent. */
  socket?: DatagramSocket<unknown>
}

interface Waiting {
  resolve: () => void
  reject: (error: Error) => void
}

/** A child process, which imports the handler ahead of its first request and then serves one request at a time. */
export class Child {
  /** Resolves when the process has ended, for whatever reason. */
  readonly ended: Promise<void>
  readonly #process: ChildProcess
  /** Waits for the classes to be imported, or for the end of the request. */
  #waiting: Waiting | null = null
  #socket: DatagramSocket<unknown> | null = null
  #served = 0
  #exiting = false

  /** Starts the process, as a copy of this one in environment and flags. @throws system errors as they are. */
  constructor() {
    this.#process = fork(PROGRAM, [], {
      execArgv: execArguments(process.execArgv),
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    this.#process.on('message', (message: ToParent) => {
      this.#act(message)
    })
    this.ended = new Promise((resolve) => {
      this.#process.once('exit', (code, signal) => {
        this.#onExit(code, signal)
        resolve()
      })
      this.#process.on('error', (error) => {
        this.#settle(error)
        // Without a pid it was never started, and will not exit.
        if (this.#process.pid === undefined) resolve()
      })
    })
  }

  get pid(): number | undefined {
    return this.#process.pid
  }

  /** How many requests it has been given. */
  get served(): number {
    return this.#served
  }

  /** Whether it was told to end, or a handler has ended it. */
  get exiting(): boolean {
    return this.#exiting
  }

  /** Resolves when the child has imported the classes. @throws what the import throws; ERR_CHILD_DIED. */
  async prepare(blueprint: ServerBlueprint): Promise<void> {
    const ready = this.#wait()
    await this.#tell({ type: 'prepare', blueprint })
    await ready
  }

  /**
   * Hands a request over; resolves when the child has it, to a promise of its end, which rejects if the handler could
   * not be run or the child died. @throws {SocketServerError} ERR_CHILD_DIED: the request stays with the caller.
   */
  async serve({ message, handle, socket }: Parcel): Promise<{ end: Promise<void> }> {
    this.#served++
    this.#socket = socket ?? null
    const end = this.#wait()
    await this.#tell(message, handle)
    return { end }
  }

  /** Has an idle child end, after the connections that it has served; one that has served nothing is killed. */
  exit(): void {
    if (this.#exiting) return
    this.#exiting = true
    if (this.#served === 0) this.#process.kill('SIGKILL')
    // It cannot be told only if it has died already.
    else this.#tell({ type: 'exit' }).catch(() => {})
  }

  /** Ends the child whatever it does; resolves when it has ended. */
  async kill(): Promise<void> {
    this.#exiting = true
    this.#process.kill('SIGTERM')
    const grace = setTimeout(() => this.#process.kill('SIGKILL'), KILL_GRACE_MS)
    await this.ended
    clearTimeout(grace)
  }

  #wait(): Promise<void> {
    const settled = new Promise<void>((resolve, reject) => {
      this.#waiting = { resolve, reject }
    })
    // A message that could not be sent rejects too, and is then what the caller looks at.
    settled.catch(() => {})
    return settled
  }

  #settle(error: Error | null): void {
    const waiting = this.#waiting
    this.#waiting = null
    if (error === null) waiting?.resolve()
    else waiting?.reject(error)
  }

  #tell(message: ToChild, handle?: SendHandle): Promise<void> {
    return new Promise((resolve, reject) => {
      if (!this.#process.connected) {
        reject(diedError(this.pid, 'has ended'))
        return
      }
      this.#process.send(message, handle, (error) => {
        if (error === null) resolve()
        else reject(diedError(this.pid, 'could not be reached', { cause: error }))
      })
    })
  }

  #act(message: ToParent): void {
    if (message.type === 'ready') this.#settle(null)
    else if (message.type === 'send') void this.#send(message)
    else this.#finish(message)
  }

  #finish({ error, exiting }: FinishedMessage): void {
    if (exiting) this.exit()
    this.#settle(error === null ? null : decodeError(error))
  }

  async #send(message: SendMessage): Promise<void> {
    const sent = { type: 'sent', id: message.id, result: await this.#sendDatagram(message) } as const
    // A child that has died in the meantime has no use for the answer.
    await this.#tell(sent).catch(() => {})
  }

  async #sendDatagram({ data, address }: SendMessage): Promise<SentMessage['result']> {
    try {
      return this.#socket === null ? 0 : await DatagramSocket.relay(this.#socket, data, address)
    } catch (error) {
      return encodeError(error)
    }
  }

  #onExit(code: number | null, signal: NodeJS.Signals | null): void {
    const isOrderly = this.#served > 0 && (code === 0 || this.#exiting)
    const how = signal === null ? `ended with exit code ${code}` : `was killed by ${signal}`
    this.#settle(isOrderly ? null : diedError(this.pid, how))
  }
}

function diedError(pid: number | undefined, how: string, options?: ErrorOptions): SocketServerError {
  const message = `Child process ${pid} ${how} before it finished its work`
  return new SocketServerError('ERR_CHILD_DIED', message, options)
}
