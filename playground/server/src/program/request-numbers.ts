/** So many clients that send datagrams are remembered. */
const MAX_CLIENTS = 1024

interface RequestNumbers {
  add(request: unknown, clientAddress: unknown): number
  /** 0 if the request is not known here. */
  of(request: unknown): number
  /** The last request from this address, or 0. */
  lastFrom(clientAddress: unknown): number
}

/** Numbers the requests of this thread from 1, without keeping them. */
export function requestNumbers(): RequestNumbers {
  const numbers = new WeakMap<object, number>()
  const lastOfClients = new Map<string, number>()
  let last = 0

  const of = (request: unknown): number =>
    typeof request === 'object' && request !== null ? (numbers.get(request) ?? 0) : 0

  return {
    add(request, clientAddress) {
      if (typeof request !== 'object' || request === null) return 0
      const known = numbers.get(request)
      if (known !== undefined) return known
      last += 1
      numbers.set(request, last)
      if (Array.isArray(request)) remember(JSON.stringify(clientAddress), last)
      return last
    },
    of,
    lastFrom: (clientAddress) =>
      clientAddress === undefined ? 0 : (lastOfClients.get(JSON.stringify(clientAddress)) ?? 0),
  }

  function remember(client: string, number: number): void {
    lastOfClients.delete(client)
    lastOfClients.set(client, number)
    const [oldest] = lastOfClients.keys()
    if (lastOfClients.size > MAX_CLIENTS && oldest !== undefined) lastOfClients.delete(oldest)
  }
}
