import { once } from 'node:events'
import {
  decodeOutputFrame,
  parseServerMessage,
  SUBPROTOCOL,
  TOKEN_SUBPROTOCOL_PREFIX,
  type ClientMessage,
  type OutputStream,
  type ServerMessage,
} from '@playground/protocol'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { until, type TestServer } from './support.ts'

type MessageOf<Type extends ServerMessage['type']> = Extract<ServerMessage, { type: Type }>

interface PageOptions {
  /** False makes it a page that is dead but has not closed its connection. */
  autoPong?: boolean
  /** The certificate of the site, if nobody but the test has signed it. */
  certificate?: string
}

interface StartOptions {
  name?: string
  arguments?: string[]
}

/** What a browser's page does with its session, without a browser. */
export class Page {
  readonly webSocket: WebSocket
  readonly messages: ServerMessage[] = []
  /** False makes it a page that draws nothing: no byte of output is acknowledged. */
  acknowledges = true
  #output = { stdout: '', stderr: '' }
  #outputBytes = 0
  #lastRun = 0

  static async open(server: Pick<TestServer, 'origin' | 'token'>, options: PageOptions = {}): Promise<Page> {
    const page = new Page(server, options)
    await once(page.webSocket, 'open')
    return page
  }

  private constructor(
    { origin, token }: Pick<TestServer, 'origin' | 'token'>,
    { autoPong = true, certificate: ca }: PageOptions,
  ) {
    const subprotocols = [SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX + token]
    this.webSocket = new WebSocket(`${origin.replace('http', 'ws')}/session`, subprotocols, {
      origin,
      autoPong,
      ...(ca !== undefined && { ca }),
    })
    onTestFinished(() => {
      this.webSocket.terminate()
    })
    this.webSocket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) this.#receiveOutput(data)
      else this.messages.push(parseServerMessage(data.toString()))
    })
  }

  get outputBytes(): number {
    return this.#outputBytes
  }

  send(message: ClientMessage): void {
    this.webSocket.send(JSON.stringify(message))
  }

  /** Asks for a program to be started and returns its run. */
  request(source: string, options: StartOptions = {}): number {
    this.#lastRun += 1
    const { name = 'program.ts', arguments: args = [] } = options
    const files = [{ name, source }]
    this.send({ type: 'start', run: this.#lastRun, entry: name, files, arguments: args })
    return this.#lastRun
  }

  /** Starts a program and resolves when it runs. */
  async start(source: string, options: StartOptions = {}): Promise<MessageOf<'started'>> {
    const run = this.request(source, options)
    return this.message('started', run)
  }

  /** Starts a program and resolves at its end. */
  async execute(source: string, options: StartOptions = {}): Promise<MessageOf<'exited'>> {
    return this.message('exited', this.request(source, options))
  }

  /** The first message of its kind, of this run if one is given; it may have come already. */
  async message<Type extends ServerMessage['type']>(type: Type, run?: number): Promise<MessageOf<Type>> {
    const find = () =>
      this.messages.find(
        (message): message is MessageOf<Type> =>
          message.type === type && (run === undefined || message.run === run),
      )
    await until(() => find() !== undefined)
    const message = find()
    if (message === undefined) throw new Error(`Message "${type}" is gone`)
    return message
  }

  /** All that programs have printed, standard output and errors together unless one is named. */
  output(stream?: OutputStream): string {
    return stream === undefined ? this.#output.stdout + this.#output.stderr : this.#output[stream]
  }

  async printed(text: string): Promise<void> {
    await until(() => this.output().includes(text))
  }

  async close(): Promise<void> {
    const closed = once(this.webSocket, 'close')
    this.webSocket.close()
    await closed
  }

  #receiveOutput(data: Buffer): void {
    const { run, stream, data: bytes } = decodeOutputFrame(data)
    this.#outputBytes += bytes.length
    if (!this.acknowledges) return
    this.#output[stream] += Buffer.from(bytes).toString()
    if (bytes.length > 0) this.send({ type: 'acknowledge', run, bytes: bytes.length })
  }
}
