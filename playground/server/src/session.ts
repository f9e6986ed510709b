import { ACKNOWLEDGE_EVERY_BYTES, type ClientFrame, type Closing, type Hello } from '@playground/protocol'
import type { RawData } from 'ws'
import { createToken, isSameToken } from './guard.ts'
import { IdleWatch } from './idle-watch.ts'
import type { Limits } from './limits.ts'
import { MessageRate } from './message-rate.ts'
import { countLimit, refusals } from './metrics.ts'
import type { PageConnection } from './page-connection.ts'
import { readFrame } from './read-frame.ts'
import type { Runner } from './runner/runner.ts'
import { SessionLink } from './session-link.ts'
import { SessionRuns } from './session-runs.ts'

/** The longest that a timer of Node can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1

type FrameOf<Type extends ClientFrame['type']> = Extract<ClientFrame, { type: Type }>

interface SessionOptions {
  limits: Limits
  runner: Runner
  /** Where its page connects from. */
  address: string
}

/** What one page may do. It outlives the page's connection by a grace period, in which the page may come back. */
export class Session {
  readonly address: string
  /** Resolves when nothing is left of it, for whatever reason it ended. */
  readonly ended: Promise<void>
  readonly #id = createToken()
  readonly #limits: Limits
  readonly #runner: Runner
  readonly #link: SessionLink
  readonly #runs: SessionRuns
  readonly #rate: MessageRate
  readonly #idle: IdleWatch
  #resolveEnded: () => void = () => undefined
  #connection: PageConnection | undefined
  #graceTimer: NodeJS.Timeout | undefined
  #closing: Promise<void> | undefined

  constructor({ limits, runner, address }: SessionOptions) {
    this.address = address
    this.ended = new Promise((resolve) => (this.#resolveEnded = resolve))
    this.#limits = limits
    this.#runner = runner
    this.#link = new SessionLink(limits.replayBytes)
    this.#runs = new SessionRuns(this.#link, runner, limits)
    this.#rate = new MessageRate(limits.messagesPerSecond)
    this.#idle = new IdleWatch(limits.idleMs, {
      warn: (endsInMs) => this.#connection?.send({ type: 'idle', endsInMs }),
      end: () => {
        countLimit('idleMs')
        this.#expel('idle', 'Nothing was done here for a while, so the session has ended')
      },
    })
  }

  /** The connection of its page, unless that is lost. */
  get connection(): PageConnection | undefined {
    return this.#connection
  }

  isAskedForBy({ resume }: Hello): boolean {
    return this.#closing === undefined && resume !== undefined && isSameToken(resume.session, this.#id)
  }

  /** Whether everything that the page has missed is still here. */
  canResume({ resume }: Hello): boolean {
    return resume !== undefined && this.#link.canResume(resume.received)
  }

  /** Called with a new page, or with the same one when it comes back: then a connection that it had is replaced. */
  attach(connection: PageConnection, resume: Hello['resume']): void {
    clearTimeout(this.#graceTimer)
    const replaced = this.#connection
    this.#connection = connection
    replaced?.terminate()
    connection.listen({
      frame: (data, isBinary) => {
        if (this.#connection === connection) this.#receive(data, isBinary)
      },
      heartbeat: () => {
        if (this.#connection === connection) this.#link.confirmReceived()
      },
      closed: () => {
        if (this.#connection === connection) this.#lose()
      },
    })
    connection.send({
      type: 'welcome',
      session: this.#id,
      resumed: resume !== undefined,
      received: this.#link.received,
      graceMs: this.#graceMs,
      heartbeatMs: this.#limits.pingIntervalMs,
      isolation: this.#runner.isolation,
    })
    this.#link.attach(connection, resume?.received ?? 0)
    // It may have closed before anyone listened.
    if (!connection.isOpen) this.#lose()
  }

  /** Resolves when all runs are gone with everything they started, and the sandbox too. */
  close(): Promise<void> {
    this.#closing ??= this.#end()
    return this.#closing
  }

  get #graceMs(): number {
    return Math.min(this.#limits.resumeGraceMs, MAX_TIMER_MS)
  }

  #lose(): void {
    this.#connection = undefined
    this.#link.detach()
    if (this.#closing === undefined) this.#graceTimer = setTimeout(() => void this.close(), this.#graceMs)
  }

  async #end(): Promise<void> {
    clearTimeout(this.#graceTimer)
    this.#idle.close()
    const connection = this.#connection
    this.#link.detach()
    await Promise.all([connection?.close(), this.#runs.close()])
    this.#resolveEnded()
  }

  #expel(code: Closing['code'], message: string): void {
    refusals.inc({ code })
    this.#connection?.refuse(code, message)
    void this.close()
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (this.#closing !== undefined) return
    const frame = readFrame(data, isBinary, this.#limits.messageBytes)
    // The server itself sets the pace of these by what it sends: only needless ones are held against the page.
    if (frame.type === 'drawn' && this.#acknowledge(frame) >= ACKNOWLEDGE_EVERY_BYTES) return
    const verdict = this.#rate.count()
    if (verdict !== 'accept') countLimit('messagesPerSecond')
    if (verdict === 'disconnect') {
      return this.#expel('too-many-messages', 'This page has sent far too many messages: reload it')
    }
    if (frame.type === 'message' && !this.#isNext(frame)) return
    if (verdict === 'refuse') {
      const message = `A page may send ${this.#limits.messagesPerSecond} messages a second: send it again later`
      return this.#link.refuse(
        'too-many-messages',
        message,
        frame.type === 'message' ? frame.message.run : undefined,
      )
    }
    this.#handle(frame)
  }

  #handle(frame: ReturnType<typeof readFrame>): void {
    switch (frame.type) {
      case 'message':
        this.#idle.touch()
        return this.#runs.handle(frame.message)
      case 'active':
        return this.#idle.touch()
      case 'goodbye':
        return void this.close()
      case 'hello':
        return this.#link.refuse('invalid-message', 'Message "hello" is refused: the session is open already')
      case 'refusal':
        return this.#link.refuse(frame.code, frame.message)
      case 'drawn':
        return
    }
  }

  /** Returns how many bytes of output the page had not acknowledged before. */
  #acknowledge({ run, bytes, received }: FrameOf<'drawn'>): number {
    this.#link.confirm(received)
    return this.#runs.acknowledge(run, bytes)
  }

  #isNext({ number, received }: FrameOf<'message'>): boolean {
    this.#link.confirm(received)
    const order = this.#link.take(number)
    if (order === 'gap') {
      this.#expel('protocol', `Message ${number} came before ${this.#link.received + 1}: reload this page`)
    }
    return order === 'next'
  }
}
