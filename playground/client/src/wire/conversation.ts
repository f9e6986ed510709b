import type { WireEntry } from './wire-entry.ts'

/** One step of a conversation, as one of its ends has seen it. */
export interface WireStep {
  readonly entry: WireEntry
  readonly end: 'client' | 'server'
  /** Of a line that was read: how many receives it took since the line before. */
  readonly receives: number
}

/** The clients that were heard of, the newest first. */
export function clientsOf(wire: readonly WireEntry[], most: number): string[] {
  const clients = new Map<string, string>()
  for (let index = wire.length - 1; index >= 0 && clients.size < most; index -= 1) {
    const entry = wire[index]
    if (entry === undefined) continue
    const key = portOf(clientOf(entry))
    // What its server calls it says more than "0.0.0.0".
    if ('lane' in entry || !clients.has(key)) clients.set(key, clientOf(entry))
  }
  return [...clients.values()]
}

/** What both ends have sent and received, in the order of time. */
export function stepsOf(wire: readonly WireEntry[], client: string): WireStep[] {
  const port = portOf(client)
  const receives = { client: 0, server: 0 }
  return wire
    .filter((entry) => portOf(clientOf(entry)) === port)
    .toSorted((one, other) => one.at - other.at)
    .map((entry) => {
      const end = 'lane' in entry ? 'server' : 'client'
      if (entry.what === 'received') receives[end] += 1
      if (entry.what !== 'lineRead') return { entry, end, receives: 0 }
      const took = receives[end]
      receives[end] = 0
      return { entry, end, receives: took }
    })
}

function clientOf(entry: WireEntry): string {
  return 'lane' in entry ? entry.lane.client : entry.client
}

/** A socket that is bound to every address has another one for its server, of the same port. */
function portOf(address: string): string {
  return /:(\d+)$/.exec(address)?.[1] ?? address
}
