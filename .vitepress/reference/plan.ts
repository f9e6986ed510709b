export interface ReferencePage {
  /** Its file and the end of its address. */
  name: string
  title: string
  description: string
  /** What is read before the first class. */
  lead: string
  /** The exports that it describes, in this order. */
  symbols: readonly string[]
}

const MIX_INS = ['Async', 'Threading', 'Forking'] as const
const KINDS = ['TCP', 'UDP', 'UnixStream', 'UnixDatagram'] as const

/** The classes that the library declares in one line each. */
const PREDEFINED: readonly string[] = MIX_INS.flatMap((mixIn) => KINDS.map((kind) => `${mixIn}${kind}Server`))

/** The pages of the reference; every export has its place on exactly one of them. */
export const REFERENCE_PAGES: readonly ReferencePage[] = [
  {
    name: 'base-server',
    title: 'Every server',
    description:
      'The life cycle that all servers share: listen, serve, shut down and close, and what may be overridden',
    lead: 'What all servers have, whatever their sockets carry. TCP, UDP and Unix sockets are [added to it](./servers).',
    symbols: ['BaseServer', 'ServeForeverOptions', 'ServerCloseOptions', 'Accepted', 'ServerClass'],
  },
  {
    name: 'servers',
    title: 'Servers',
    description:
      'The four servers that serve one request at a time, over TCP, UDP and the two kinds of Unix sockets',
    lead: 'The four synchronous servers: each serves one request at a time. Each section has what a class adds to the one that it extends.',
    symbols: ['TCPServer', 'UDPServer', 'UnixStreamServer', 'UnixDatagramServer'],
  },
  {
    name: 'handlers',
    title: 'Handlers',
    description:
      'The classes of which a server makes one object for each request, for streams and for datagrams',
    lead: 'A handler is a class of yours. A server makes a new object of it for each request.',
    symbols: [
      'BaseRequestHandler',
      'StreamRequestHandler',
      'DatagramRequestHandler',
      'DatagramWriter',
      'RequestHandlerClass',
    ],
  },
  {
    name: 'sockets',
    title: 'Sockets and streams',
    description:
      'Sockets with promises, and the readers and writers over them, the same in handlers and in clients',
    lead: 'The same classes serve a handler and a client. Sizes are bytes, times milliseconds.',
    symbols: ['StreamSocket', 'StreamReader', 'StreamWriter', 'DatagramSocket', 'DatagramRequest'],
  },
  {
    name: 'clients',
    title: 'Clients and addresses',
    description:
      'Connect to a server over TCP or a Unix socket, open a socket for datagrams, and write addresses',
    lead: 'What a client needs. What it gets is described in [sockets and streams](./sockets).',
    symbols: ['connect', 'openDatagram', 'InetAddress', 'UnixAddress', 'AddressFamily'],
  },
  {
    name: 'concurrency',
    title: 'Many requests at once',
    description:
      'The mix-ins that serve requests as tasks, in threads or in child processes, and the classes made of them',
    lead: 'A mix-in takes a server class and gives one that serves its requests in another way.',
    symbols: [
      'AsyncMixIn',
      'AsyncMembers',
      'ThreadingMixIn',
      'ThreadingMembers',
      'ForkingMixIn',
      'ForkingMembers',
      ...PREDEFINED,
    ],
  },
  {
    name: 'threads',
    title: 'Threads and locks',
    description:
      'A lock for memory that threads share, the name of the current thread, and a server in a thread of its own',
    lead: 'For programs in which more than one thread runs.',
    symbols: ['Lock', 'currentThread', 'serveInThread', 'ServerThread'],
  },
  {
    name: 'programs',
    title: 'Programs and errors',
    description:
      'Tell whether a module is the program, end a server from a handler, and the class of the library’s errors',
    lead: 'Each code of an error has [its cause and what to do](../errors).',
    symbols: ['isMain', 'SystemExit', 'SocketServerError', 'SocketServerErrorCode'],
  },
]

/** The page on which each export is described. */
export const pageOf = new Map(
  REFERENCE_PAGES.flatMap(({ name, symbols }) => symbols.map((symbol) => [symbol, name] as const)),
)
