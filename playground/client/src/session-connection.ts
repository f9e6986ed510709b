import type {
  ClientFrame,
  ClientMessage,
  Closing,
  Hello,
  Isolation,
  OutputFrame,
  ServerMessage,
  Welcome,
} from '@playground/protocol'
import { shallowRef } from 'vue'
import { newSessionText, RESUMED, type ConnectionState } from './connection-state.ts'
import { LiveRuns, type RunEvent } from './live-runs.ts'
import { MessageExchange } from './message-exchange.ts'
import { oversizeText } from './outgoing-messages.ts'
import { Retries } from './retries.ts'
import { isStaticCopy } from './static-copy/find-static-copy.ts'
import { openStaticCopy } from './static-copy/open-static-copy.ts'
import type { Published, StaticCopy } from './static-copy/static-copy.ts'
import { ActivityFeed } from './timeline/activity-feed.ts'
import { SessionSocket, whyNotConnected, type SocketEvents } from './session-socket.ts'

type StartMessage = Extract<ClientMessage, { type: 'start' }>
type Program = Omit<StartMessage, 'type' | 'run'>

/** The page's one session: it carries every run of every playground in the page, and outlives lost connections. */
export class SessionConnection {
  readonly state = shallowRef<ConnectionState>({ name: 'closed' })
  /** How the programs are kept apart from the machine; unknown before the first welcome. */
  readonly isolation = shallowRef<Isolation>()
  /** What the programs tell of themselves. */
  readonly activity = new ActivityFeed()
  /** What runs programs where there is no playground server; undefined while there may be one. */
  readonly staticCopy = shallowRef<StaticCopy>()
  /** Given by the site before the first connection. */
  published: Published | undefined
  readonly #runs = new LiveRuns()
  readonly #messages = new MessageExchange(() => (this.#isWelcome ? this.#socket : undefined))
  /** Of the sockets that were opened, the one that counts: it is being opened, or it is welcome. */
  #socket: SessionSocket | undefined
  #isWelcome = false
  #opening: Promise<void> | undefined
  #session: { id: string; graceMs: number } | undefined
  readonly #retries = new Retries(() => void this.reconnect())

  /** Whether the server has warned that it will end the session. */
  get isIdle(): boolean {
    return this.state.value.name === 'open' && this.state.value.idleEndsAt !== undefined
  }

  /**
   * Resolves when the page is connected.
   * @throws an Error that tells the reader what to do; a later call tries again.
   */
  open(): Promise<void> {
    if (this.#isWelcome || this.staticCopy.value !== undefined) return Promise.resolve()
    if (this.#opening !== undefined) return this.#opening
    const opening = this.#connect().finally(() => {
      if (this.#opening === opening) this.#opening = undefined
    })
    this.#opening = opening
    return opening
  }

  /** Tries to come back to the session now, and not at the end of the wait. */
  async reconnect(): Promise<void> {
    this.#retries.cancel()
    if (this.state.value.name !== 'lost') return
    this.state.value = { ...this.state.value, retryAt: undefined }
    try {
      await this.open()
    } catch (error) {
      if (!(error instanceof Error)) throw error
      if (this.state.value.name === 'lost') this.#retryLater(error.message)
    }
  }

  /** Resolves to the number of the run as soon as the program has been sent. @throws as `open()` does. */
  async start(program: Program, listener: (event: RunEvent) => void): Promise<number> {
    await this.open()
    const run = this.#runs.add(listener)
    this.activity.begin(run, program.entry)
    const message: StartMessage = { type: 'start', run, ...program }
    const oversize = oversizeText(message)
    if (this.staticCopy.value !== undefined) {
      this.staticCopy.value.start(message)
    } else if (oversize === undefined) {
      this.#say(message)
    } else {
      this.#runs.deliver(run, { type: 'start-failed', run, message: oversize })
    }
    return run
  }

  /** Does nothing when the run has ended: its owner knows, or is about to. */
  send(message: Exclude<ClientMessage, StartMessage>): void {
    if (!this.#runs.has(message.run)) return
    if (this.staticCopy.value === undefined) this.#say(message)
    else this.staticCopy.value.send(message)
  }

  /** So many bytes more of the run's output are on the screen. */
  acknowledge(run: number, newBytes: number): void {
    const bytes = this.#runs.drawn(run, newBytes)
    if (bytes !== undefined) this.#messages.tellDrawn(run, bytes)
  }

  /** Called when the reader does something: a session that nobody uses ends. */
  touch(): void {
    this.#send({ type: 'active' })
    if (this.isIdle) this.state.value = { name: 'open' }
  }

  dismissNews(): void {
    if (this.state.value.name === 'open') this.state.value = { name: 'open' }
    if (this.state.value.name === 'ended') this.state.value = { name: 'closed' }
  }

  /** Ends the session, and every program in it. */
  close(): void {
    this.staticCopy.value?.close()
    this.#send({ type: 'goodbye' })
    const socket = this.#socket
    this.#opening = undefined
    this.#end({ name: 'closed' }, 'The page was left, and the program with it')
    socket?.close()
  }

  async #connect(): Promise<void> {
    // A page that has had a session knows that there is a server, whatever comes in its way now.
    if (this.isolation.value === undefined && (await isStaticCopy())) return this.#standIn()
    const resume = this.#session && { session: this.#session.id, received: this.#messages.received }
    const answer = await this.#openSocket(resume)
    if (answer === undefined) throw new Error(await whyNotConnected())
    if (answer.type === 'closing') throw new Error(answer.message)
  }

  async #standIn(): Promise<void> {
    this.staticCopy.value = await openStaticCopy(this.published, {
      message: (message) => this.#hear(message),
      output: (output) => this.#runs.deliver(output.run, { type: 'output', ...output }),
    })
  }

  /** Resolves to the server's first word, or undefined if it had none. */
  #openSocket(resume: Hello['resume']): Promise<Welcome | Closing | undefined> {
    return new Promise((resolve) => {
      const socket = SessionSocket.open(resume, {
        welcome: (welcome) => {
          this.#begin(welcome)
          resolve(welcome)
        },
        frame: (frame) => this.#receive(frame),
        output: (frame) => this.#receiveOutput(frame),
        closed: (closing) => {
          if (this.#socket === socket) this.#lose(closing)
          resolve(closing)
        },
      })
      this.#socket = socket
    })
  }

  #begin({ session, resumed, received, graceMs, isolation }: Welcome): void {
    this.#retries.reset()
    this.#isWelcome = true
    this.isolation.value = isolation
    const cameBack = this.#session !== undefined
    this.#session = { id: session, graceMs }
    if (resumed) this.#resume(received)
    else this.#startAnew(cameBack, graceMs)
  }

  #resume(received: number): void {
    this.state.value = { name: 'open', news: RESUMED }
    this.#messages.resend(received)
    for (const [run, bytes] of this.#runs.drawnTotals()) this.#messages.tellDrawn(run, bytes)
    this.#messages.flush()
  }

  #startAnew(cameBack: boolean, graceMs: number): void {
    this.#messages.clear()
    const why = newSessionText(graceMs)
    const hasNews = cameBack && this.#runs.size > 0
    this.state.value = { name: 'open', ...(hasNews && { news: `What ran is started again: ${why}` }) }
    this.#runs.lose(`Ended with its session: ${why}`, true)
  }

  #lose(closing: Closing | undefined): void {
    const wasWelcome = this.#isWelcome
    this.#socket = undefined
    this.#isWelcome = false
    if (!wasWelcome) return
    if (closing !== undefined) return this.#end({ name: 'ended', message: closing.message }, closing.message)
    const graceEndsAt = Date.now() + (this.#session?.graceMs ?? 0)
    this.state.value = { name: 'lost', graceEndsAt, retryAt: undefined, problem: undefined }
    this.#retryLater(undefined)
  }

  #retryLater(problem: string | undefined): void {
    if (this.state.value.name !== 'lost') return
    const delayMs = this.#retries.later()
    this.state.value = { ...this.state.value, problem, retryAt: Date.now() + delayMs }
  }

  #end(state: ConnectionState, message: string): void {
    this.#retries.cancel()
    this.#socket = undefined
    this.#isWelcome = false
    this.#session = undefined
    this.#messages.clear()
    this.state.value = state
    this.#runs.lose(message, false)
  }

  #say(message: ClientMessage): void {
    if (this.#messages.say(message)) return
    const text = 'Not sent: so much of what was typed waits already that the program must read that first'
    this.#runs.deliver(message.run, { type: 'refused', code: 'too-large', message: text, run: message.run })
  }

  #send(frame: ClientFrame): void {
    if (this.#isWelcome) this.#socket?.send(frame)
  }

  #receive(frame: Parameters<SocketEvents['frame']>[0]): void {
    switch (frame.type) {
      case 'received':
        return this.#messages.confirm(frame.number)
      case 'idle':
        this.state.value = { name: 'open', idleEndsAt: Date.now() + frame.endsInMs }
        return
      case 'message':
        this.#messages.count(frame.number)
        return this.#hear(frame.message)
    }
  }

  #hear(message: ServerMessage): void {
    if (message.type === 'activity') return this.activity.add(message)
    if (message.type === 'exited') this.activity.end(message.run)
    if (message.type === 'refused' && message.run === undefined) {
      throw new Error(`The server refused a message of this page: ${message.message}`)
    }
    if (message.run !== undefined) this.#runs.deliver(message.run, message)
  }

  #receiveOutput({ number, ...output }: OutputFrame): void {
    this.#messages.count(number)
    this.#runs.deliver(output.run, { type: 'output', ...output })
  }
}
