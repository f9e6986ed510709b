export const TRANSPORTS = ['tcp', 'unix-stream', 'udp', 'unix-datagram'] as const
export const CONCURRENCIES = ['plain', 'threading', 'forking', 'async'] as const

export type Transport = (typeof TRANSPORTS)[number]
export type Concurrency = (typeof CONCURRENCIES)[number]

/** One of the sixteen predefined servers of the library. */
export interface ServerKind {
  transport: Transport
  concurrency: Concurrency
}

export const TRANSPORT_WORDS: Record<Transport, string> = {
  tcp: 'TCP',
  'unix-stream': 'Unix stream',
  udp: 'UDP',
  'unix-datagram': 'Unix datagram',
}

export const CONCURRENCY_WORDS: Record<Concurrency, string> = {
  plain: 'One at a time',
  threading: 'Threads',
  forking: 'Processes',
  async: 'Event loop',
}

const TRANSPORT_NAMES: Record<Transport, string> = {
  tcp: 'TCPServer',
  'unix-stream': 'UnixStreamServer',
  udp: 'UDPServer',
  'unix-datagram': 'UnixDatagramServer',
}

const CONCURRENCY_PREFIXES: Record<Concurrency, string> = {
  plain: '',
  threading: 'Threading',
  forking: 'Forking',
  async: 'Async',
}

/** The name of the class: `ThreadingTCPServer`. */
export function serverClassName({ transport, concurrency }: ServerKind): string {
  return CONCURRENCY_PREFIXES[concurrency] + TRANSPORT_NAMES[transport]
}

/** What every predefined server is found by. */
export const SERVER_CLASSES: ReadonlyMap<string, ServerKind> = new Map(
  TRANSPORTS.flatMap((transport) =>
    CONCURRENCIES.map((concurrency) => {
      const kind = { transport, concurrency }
      return [serverClassName(kind), kind] as const
    }),
  ),
)

export const MIX_INS: ReadonlyMap<string, Concurrency> = new Map(
  CONCURRENCIES.filter((concurrency) => concurrency !== 'plain').map((concurrency) => [
    `${CONCURRENCY_PREFIXES[concurrency]}MixIn`,
    concurrency,
  ]),
)

export function isStream(transport: Transport): boolean {
  return transport === 'tcp' || transport === 'unix-stream'
}

export function isUnix(transport: Transport): boolean {
  return transport === 'unix-stream' || transport === 'unix-datagram'
}
