import type { RequestLane } from './request-lane.ts'
import { sourceLabel, type Source } from './source.ts'

/** A client's socket that has connected. */
interface ClientEnd {
  readonly port: string
  readonly address: string
  readonly begunAt: number
}

/** Which end of a conversation a program is. */
export type End = { lane: RequestLane } | { client: string }

/**
 * Follows requests from the thread that accepts them to the one that serves them, and joins them with their clients.
 * Each thread has numbers of its own for them; what they share is the address of the client.
 */
export class RequestMatcher {
  readonly #lanes = new Map<string, RequestLane>()
  readonly #clients = new Map<string, ClientEnd>()
  /** The last request from each port, and those that were not begun. */
  readonly #queued = new Map<string, RequestLane[]>()
  readonly #lastOfPort = new Map<string, RequestLane>()
  readonly #connecting = new Map<string, ClientEnd>()

  accept(source: Source, request: number, at: number, client: string, number: number): RequestLane {
    const lane: RequestLane = {
      number,
      run: source.run,
      client,
      acceptedAt: at,
      outcome: 'open',
      receivedBytes: 0,
      sentBytes: 0,
    }
    const port = portOf(client)
    const waiting = this.#connecting.get(port)
    if (waiting !== undefined && port !== '') lane.connectAt = waiting.begunAt
    this.#connecting.delete(port)
    if (request > 0) this.#lanes.set(keyOf(source, request), lane)
    this.#lastOfPort.set(port, lane)
    const queueKey = `${source.run} ${client}`
    const queue = this.#queued.get(queueKey)
    if (queue === undefined) this.#queued.set(queueKey, [lane])
    else queue.push(lane)
    return lane
  }

  start(source: Source, request: number, at: number, client: string): void {
    const key = keyOf(source, request)
    const queueKey = `${source.run} ${client}`
    const queue = this.#queued.get(queueKey) ?? []
    const known = this.#lanes.get(key)
    const lane = known ?? queue[0] ?? this.#lastOfPort.get(portOf(client))
    if (lane === undefined) return
    const index = queue.indexOf(lane)
    if (index !== -1) queue.splice(index, 1)
    if (queue.length === 0) this.#queued.delete(queueKey)
    this.#lanes.set(key, lane)
    lane.startedAt ??= at
    // One that its handler has forked goes on in the child.
    lane.outcome = 'open'
    lane.source = source
    lane.servedBy = sourceLabel(source)
  }

  finish(source: Source, request: number, at: number, how: 'finished' | 'failed', error: string): void {
    const lane = this.#lanes.get(keyOf(source, request))
    if (lane === undefined || lane.source !== source) return
    lane.finishedAt = at
    lane.outcome = how
    if (how === 'failed') lane.error = error
  }

  /** Returns the request of the client, if its server was heard first. */
  connect(source: Source, request: number, begunAt: number, address: string): RequestLane | undefined {
    const port = portOf(address)
    const end = { port, address, begunAt }
    this.#clients.set(keyOf(source, request), end)
    const lane = this.#lastOfPort.get(port)
    if (lane === undefined || lane.connectAt !== undefined || lane.acceptedAt < begunAt) {
      this.#connecting.set(port, end)
      return undefined
    }
    lane.connectAt = begunAt
    return lane
  }

  /** Returns whether it was the connection of a request. */
  close(source: Source, request: number, at: number): boolean {
    const key = keyOf(source, request)
    const lane = this.#lanes.get(key)
    this.#lanes.delete(key)
    if (lane === undefined) return false
    lane.closedAt = Math.max(at, lane.closedAt ?? 0)
    if (lane.startedAt === undefined && lane.outcome === 'open') lane.outcome = 'unserved'
    return true
  }

  transfer(source: Source, request: number, at: number, how: 'received' | 'sent', bytes: number): void {
    const lane = this.#lanes.get(keyOf(source, request))
    if (lane === undefined) return
    if (how === 'received') lane.receivedBytes += bytes
    else {
      lane.sentBytes += bytes
      lane.repliedAt ??= at
    }
  }

  endOf(source: Source, request: number): End {
    const key = keyOf(source, request)
    const lane = this.#lanes.get(key)
    return lane === undefined ? { client: this.#clients.get(key)?.address ?? '' } : { lane }
  }
}

function keyOf({ run, pid, thread }: Source, request: number): string {
  return `${run}.${pid}.${thread}#${request}`
}

/** A client that is bound to any address is known to its server by another, of the same port. A Unix socket has none. */
function portOf(address: string): string {
  return /:(\d+)$/.exec(address)?.[1] ?? ''
}
