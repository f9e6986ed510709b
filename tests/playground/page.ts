import { once } from 'node:events'
import {
  ACKNOWLEDGE_EVERY_BYTES,
  decodeOutputFrame,
  parseServerFrame,
  SUBPROTOCOL,
  TOKEN_SUBPROTOCOL_PREFIX,
  type Activity,
  type ClientFrame,
  type ClientMessage,
  type Hello,
  type OutputStream,
  type ServerFrame,
  type ServerMessage,
} from '@playground/protocol'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { until, type TestServer } from './support.ts'

type MessageOf<Type extends ServerMessage['type']> = Extract<ServerMessage, { type: Type }>
type FrameOf<Type extends ServerFrame['type']> = Extract<ServerFrame, { type: Type }>
type Address = Pick<TestServer, 'origin' | 'token'>

interface PageOptions {
  /** False makes it a page that is dead but has not closed its connection. */
  autoPong?: boolean
  /** The session that the page has lost, and the last message that it has of it. */
  resume?: Hello['resume']
  headers?: Record<string, string>
  /** The certificate of the site, if nobody but the test has signed it. */
  certificate?: string
}

interface StartOptions {
  name?: string
  arguments?: string[]
}

/** What a browser's page does with one connection to its session, without a browser. */
export class Page {
  readonly webSocket: WebSocket
  readonly messages: ServerMessage[] = []
  readonly frames: ServerFrame[] = []
  /** What programs have told of themselves; apart, because every program tells something. */
  readonly activities: Activity[] = []
  /** The numbers of messages and output, as they came. */
  readonly numbers: number[] = []
  /** False makes it a page that draws nothing: no byte of output is acknowledged. */
  acknowledges = true
  /** The number of the last message that it has sent. */
  sent = 0
  #output = { stdout: '', stderr: '' }
  #outputBytes = 0
  readonly #drawn = new Map<number, { bytes: number; acknowledged: number }>()
  #lastRun = 0

  /** Resolves when the server has let the page into a session. */
  static async open(server: Address, options: PageOptions = {}): Promise<Page> {
    const page = await Page.connect(server, options)
    page.sendFrame({ type: 'hello', ...(options.resume !== undefined && { resume: options.resume }) })
    await until(() => page.frames.length > 0)
    const [answer] = page.frames
    if (answer?.type !== 'welcome') throw new Error(`Not welcome: ${JSON.stringify(answer)}`)
    page.sent = answer.received
    return page
  }

  /** Resolves when the connection stands; the page has not said what it wants. */
  static async connect(server: Address, options: PageOptions = {}): Promise<Page> {
    const page = new Page(server, options)
    await once(page.webSocket, 'open')
    return page
  }

  private constructor(
    { origin, token }: Address,
    { autoPong = true, headers = {}, certificate: ca }: PageOptions,
  ) {
    const subprotocols = [SUBPROTOCOL, ...(token === '' ? [] : [TOKEN_SUBPROTOCOL_PREFIX + token])]
    this.webSocket = new WebSocket(`${origin.replace('http', 'ws')}/session`, subprotocols, {
      origin,
      autoPong,
      headers,
      ca,
    })
    onTestFinished(() => {
      this.webSocket.terminate()
    })
    this.webSocket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) this.#receiveOutput(data)
      else this.#receiveFrame(parseServerFrame(data.toString()))
    })
  }

  get outputBytes(): number {
    return this.#outputBytes
  }

  /** The number of the last message that it has. */
  get received(): number {
    return this.numbers.at(-1) ?? 0
  }

  sendFrame(frame: ClientFrame): void {
    this.webSocket.send(JSON.stringify(frame))
  }

  send(message: ClientMessage): void {
    this.sent += 1
    this.sendFrame({ type: 'message', number: this.sent, received: this.received, message })
  }

  /** Says that all of the run's output that has come is drawn. */
  acknowledge(run: number): void {
    const drawn = this.#drawn.get(run)
    if (drawn === undefined || drawn.bytes === drawn.acknowledged) return
    drawn.acknowledged = drawn.bytes
    this.sendFrame({ type: 'drawn', run, bytes: drawn.bytes, received: this.received })
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

  /** The first frame of its kind; it may have come already. */
  async frame<Type extends ServerFrame['type']>(type: Type): Promise<FrameOf<Type>> {
    const find = () => this.frames.find((frame): frame is FrameOf<Type> => frame.type === type)
    await until(() => find() !== undefined)
    const frame = find()
    if (frame === undefined) throw new Error(`Frame "${type}" is gone`)
    return frame
  }

  /** All that programs have printed, standard output and errors together unless one is named. */
  output(stream?: OutputStream): string {
    return stream === undefined ? this.#output.stdout + this.#output.stderr : this.#output[stream]
  }

  async printed(text: string): Promise<void> {
    await until(() => this.output().includes(text))
  }

  /** What a page does when its reader leaves it. */
  async close(): Promise<void> {
    this.sendFrame({ type: 'goodbye' })
    const closed = once(this.webSocket, 'close')
    this.webSocket.close()
    await closed
  }

  #receiveFrame(frame: ServerFrame): void {
    this.frames.push(frame)
    if (frame.type !== 'message') return
    this.numbers.push(frame.number)
    if (frame.message.type === 'activity') this.activities.push(frame.message)
    else this.messages.push(frame.message)
  }

  #receiveOutput(data: Buffer): void {
    const { number, run, stream, data: bytes } = decodeOutputFrame(data)
    this.numbers.push(number)
    this.#outputBytes += bytes.length
    const drawn = this.#drawn.get(run) ?? { bytes: 0, acknowledged: 0 }
    drawn.bytes += bytes.length
    this.#drawn.set(run, drawn)
    if (!this.acknowledges) return
    this.#output[stream] += Buffer.from(bytes).toString()
    if (drawn.bytes - drawn.acknowledged >= ACKNOWLEDGE_EVERY_BYTES) this.acknowledge(run)
  }
}
