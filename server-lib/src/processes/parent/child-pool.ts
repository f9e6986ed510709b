import { SocketServerError } from '../../errors.ts'
import type { ServerBlueprint } from '../../remote/server-blueprint.ts'
import { Child } from './child.ts'
import type { DepartingRequest } from './departing-request.ts'

/** How many children are started ahead of the requests that they will serve; each start takes 40 ms of processor time. */
const SPARES = 2

/** Starting a process takes the processors from the request that was just handed over, which is over by then if it is short. */
const REFILL_DELAY_MS = 30

/** A child that is killed while it starts is replaced, but what kills every child must have an end. */
const MAX_START_FAILURES = 3

/** The variables of a forking server, read anew for each request. */
export interface ChildLimits {
  readonly maxChildren: number
  readonly requestsPerChild: number
}

/** A request that a child serves. */
export interface ServedRequest {
  /** Resolves when the request is over; rejects if its handler could not be run, or its child died. */
  finished: Promise<void>
  /** Resolves when the child is free for the next request or, if it serves no more, has ended. */
  released: Promise<void>
}

/** The children of one server, started ahead of its requests; each serves one request at a time. */
export class ChildPool {
  readonly #limits: ChildLimits
  readonly #all = new Set<Child>()
  readonly #idle: Child[] = []
  readonly #starting = new Set<Promise<void>>()
  readonly #serving = new Set<Child>()
  /** How many requests have a child, or are about to get one. */
  #taken = 0
  #waiting: (() => void)[] = []
  #blueprint: ServerBlueprint | null = null
  #refill: NodeJS.Timeout | null = null
  #closed = false

  constructor(limits: ChildLimits) {
    this.#limits = limits
  }

  /** The process ids of the children that serve a request. */
  get pids(): ReadonlySet<number> {
    return new Set([...this.#serving].flatMap(({ pid = [] }) => pid))
  }

  /** Resolves when no child serves a request. */
  async servingNone(): Promise<void> {
    while (this.#taken > 0) await this.#change()
  }

  /** Starts the spares that are missing, unless that is about to be done; without `blueprint`, with the last one. */
  startSpares(blueprint = this.#blueprint): void {
    this.#blueprint = blueprint
    if (blueprint === null || this.#closed || this.#refill !== null) return
    const wanted = Math.min(SPARES, this.#limits.maxChildren - this.#taken)
    while (this.#idle.length + this.#starting.size < wanted) this.#start(blueprint)
  }

  /**
   * Hands a request to a child as soon as there are less than `maxChildren` others; resolves when the child has it, or
   * to null if the pool was closed before.
   * @throws what no child could start with, or why none could take the request.
   */
  async serve(request: DepartingRequest, blueprint: ServerBlueprint): Promise<ServedRequest | null> {
    while (this.#taken >= this.#limits.maxChildren && !this.#closed) await this.#change()
    if (this.#closed) return null
    this.#taken++
    try {
      return await this.#serveOnce(request, blueprint)
    } catch (error) {
      this.#free()
      throw error
    }
  }

  /** Ends the children that wait for a request, now, and the others when they have served theirs; resolves when the former have ended. */
  async close(): Promise<void> {
    this.#closed = true
    if (this.#refill !== null) clearTimeout(this.#refill)
    this.#wake()
    const idle = [...this.#all].filter((child) => !this.#serving.has(child))
    for (const child of idle) child.exit()
    await Promise.all(idle.map((child) => child.ended))
  }

  /** Ends children whatever they do, with `serving` also those that serve a request; resolves when they have ended. */
  async kill(serving: boolean): Promise<void> {
    const doomed = [...this.#all].filter((child) => serving || !this.#serving.has(child))
    await Promise.all(doomed.map((child) => child.kill()))
  }

  async #serveOnce(request: DepartingRequest, blueprint: ServerBlueprint): Promise<ServedRequest> {
    const child = await this.#take(blueprint)
    this.#serving.add(child)
    try {
      const { end } = await request.handOverTo(child, blueprint)
      this.#startSparesLater(blueprint)
      return { finished: end, released: this.#releaseAfter(end, child) }
    } catch (error) {
      if (isDeath(error)) child.exit()
      await this.#giveBack(child)
      throw error
    }
  }

  #startSparesLater(blueprint: ServerBlueprint): void {
    this.#refill ??= setTimeout(() => {
      this.#refill = null
      this.startSpares(blueprint)
    }, REFILL_DELAY_MS)
  }

  async #take(blueprint: ServerBlueprint): Promise<Child> {
    for (let failures = 0; ;) {
      const child = this.#idle.pop()
      if (child !== undefined) return child
      if (this.#starting.size === 0) this.#start(blueprint)
      try {
        await Promise.race(this.#starting)
      } catch (error) {
        if (!isDeath(error) || this.#closed || ++failures === MAX_START_FAILURES) throw error
      }
    }
  }

  #start(blueprint: ServerBlueprint): void {
    const starting = this.#startIdle(blueprint).finally(() => this.#starting.delete(starting))
    this.#starting.add(starting)
    // A spare that cannot start matters to the request that needs one, which then starts another and sees why.
    starting.catch(() => {})
  }

  async #startIdle(blueprint: ServerBlueprint): Promise<void> {
    const child = new Child()
    this.#all.add(child)
    void child.ended.then(() => {
      this.#forget(child)
    })
    try {
      await child.prepare(blueprint)
    } catch (error) {
      child.exit()
      // No more of these on trial: the next request shows whether a child can start now.
      this.#blueprint = null
      throw error
    }
    this.#idle.push(child)
  }

  async #releaseAfter(end: Promise<void>, child: Child): Promise<void> {
    try {
      await end
    } catch {
      // The server reports it; whatever state the child is in, it must not serve again.
      child.exit()
    }
    await this.#giveBack(child)
    this.#free()
  }

  async #giveBack(child: Child): Promise<void> {
    if (this.#closed || child.served >= this.#limits.requestsPerChild) child.exit()
    if (child.exiting) await child.ended
    this.#serving.delete(child)
    if (!child.exiting) this.#idle.push(child)
  }

  #free(): void {
    this.#taken--
    this.#wake()
  }

  /** Resolves when a child has become free, or the pool was closed. */
  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
    })
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }

  #forget(child: Child): void {
    this.#all.delete(child)
    const index = this.#idle.indexOf(child)
    if (index === -1) return
    this.#idle.splice(index, 1)
    if (!child.exiting) console.error(`Child process ${child.pid} died while it waited for a request`)
  }
}

function isDeath(error: unknown): boolean {
  return error instanceof SocketServerError && error.code === 'ERR_CHILD_DIED'
}
