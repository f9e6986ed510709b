import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
const ANATOMY = 'guides/anatomy'
const NAMES = 'guides/from-python'
const BESIDE = 'guides/python-beside-typescript'

/** What the seed says, in few words; the page that says it, how that page does; and where a test shows that it is true. */
type Statement = readonly [
  what: string,
  page: string,
  phrase: string,
  proof: readonly [string, string] | null,
]

const SERVERS = 'tests/seed/seed-servers.test.ts'
const HANDLERS = 'tests/seed/seed-handlers.test.ts'
const THREADS = 'tests/seed/seed-threads.test.ts'
const PROCESSES = 'tests/seed/seed-processes.test.ts'
const UNIX = 'tests/seed/seed-unix.test.ts'
const CUSTOMIZING = 'tests/seed/seed-customizing.test.ts'
const PYTHON = 'tests/interop/python.test.ts'

const STATEMENTS: Record<string, readonly Statement[]> = {
  'the module': [
    ['renamed in Python 3', NAMES, 'in Python 2 it was SocketServer', null],
    ['2to3 adapts imports', NAMES, '2to3 changes such imports', null],
    ['makes servers simple', ANATOMY, 'What all servers do is in it', null],
    ['books on networks', ANATOMY, 'W. Richard Stevens, UNIX Network Programming', null],
    ['a book on Windows', ANATOMY, 'Ralph Davis, Win32 Network Programming', null],
  ],
  'the four servers': [
    ['TCP: a continuous stream', ANATOMY, 'a continuous stream of bytes', [SERVERS, 'continuous streams']],
    ['UDP: discrete packets', ANATOMY, 'datagrams: separate packets', [SERVERS, 'discrete packets']],
    [
      'datagrams may be lost or change places',
      ANATOMY,
      'which may be lost or change places',
      [SERVERS, 'be lost while in transit'],
    ],
    ['Unix sockets, stream', ANATOMY, 'a stream, to a path', [UNIX, 'use Unix domain sockets']],
    ['Unix sockets, datagram', ANATOMY, 'datagrams, to a path', [UNIX, "'UnixDatagramServer'"]],
    ['less frequently used', ANATOMY, 'The Unix classes are needed less often', null],
    ['not where there is no Unix', ANATOMY, 'Windows has none of them', [UNIX, 'non-Unix platforms']],
    [
      'one request after the other',
      ANATOMY,
      'each request is completed before the next one is started',
      [SERVERS, 'each request must be completed'],
    ],
    ['unsuited to much computing', ANATOMY, 'because it computes much', null],
    ['unsuited to a slow client', ANATOMY, 'its client is slow to take a long reply', [SERVERS, 'deaf']],
    ['a thread for each request', ANATOMY, 'in a thread of its own', [THREADS, 'separate [...] thread']],
    ['a process for each request', ANATOMY, 'in a new process', [PROCESSES, 'spawn a new process']],
  ],
  'making one': [
    ['derive a handler class', ANATOMY, 'derive it from BaseRequestHandler', [SERVERS, 'First, you must']],
    [
      'override handle()',
      ANATOMY,
      'write handle(), which serves one request',
      [SERVERS, 'overriding its handle'],
    ],
    [
      'instantiate with address and class',
      ANATOMY,
      'from its address and your handler class',
      [SERVERS, 'Second'],
    ],
    [
      'handle_request() for one',
      ANATOMY,
      'handleRequest() to serve one request',
      [SERVERS, 'handle_request()'],
    ],
    ['serve_forever() for many', ANATOMY, 'serveForever() to serve many', [SERVERS, 'serve_forever()']],
    ['runs until Ctrl-C', ANATOMY, 'or until you press Ctrl-C', [SERVERS, 'Ctrl-C']],
  ],
  'abrupt shutdown': [
    ['declare how threads end', ANATOMY, 'Say how threads are to end', null],
    ['daemon_threads', ANATOMY, 'daemonThreads = false, the default', [THREADS, 'the default is False']],
    [
      'the program waits for threads',
      ANATOMY,
      'the program does not end before they have',
      [THREADS, 'will not exit until all threads'],
    ],
    ['autonomous threads', ANATOMY, 'With true they are on their own', [THREADS, 'behave autonomously']],
  ],
  'the classes': [
    [
      'same members for any protocol',
      ANATOMY,
      'the same methods and variables',
      [SERVERS, 'same external methods'],
    ],
    ['five classes for four kinds', ANATOMY, 'Five classes make up these four', [SERVERS, 'five classes']],
    ['the diagram: UDP under TCP', ANATOMY, '├─ UDPServer', [SERVERS, '[UDPServer, TCPServer]']],
    [
      'the diagram: Unix under TCP',
      ANATOMY,
      '└─ UnixStreamServer',
      [SERVERS, '[UnixStreamServer, TCPServer]'],
    ],
    [
      'Unix datagrams derive from UDP',
      ANATOMY,
      'UnixDatagramServer derives from UDPServer and not from UnixStreamServer',
      [UNIX, 'not from UnixStreamServer'],
    ],
    [
      'only the address family differs',
      ANATOMY,
      'differs from its IP server in the address family alone',
      [UNIX, 'the only difference'],
    ],
  ],
  'mix-ins': [
    [
      'for each type of server',
      ANATOMY,
      'Twelve such classes are there already',
      [THREADS, 'each type of server'],
    ],
    [
      'a threading UDP server',
      ANATOMY,
      'extends ThreadingMixIn(UDPServer) {}',
      [THREADS, 'ThreadingUDPServer'],
    ],
    ['the mix-in first', ANATOMY, 'In Python it comes first', [SERVERS, 'mix-in class must come first']],
    [
      'because it overrides a method',
      ANATOMY,
      'because it overrides a method of it',
      [SERVERS, 'overrides a method'],
    ],
    [
      'variables change the mechanism',
      ANATOMY,
      'Variables change what the socket',
      [CUSTOMIZING, 'member variables'],
    ],
    [
      'any server with your handler',
      ANATOMY,
      'Any of the sixteen runs the same handler',
      [CUSTOMIZING, 'various versions of the service'],
    ],
    [
      'ForkingMixIn in the same way',
      BESIDE,
      'ForkingMixIn is used in the same way',
      [PROCESSES, 'ForkingMixIn'],
    ],
    ['a new process each time', BESIDE, 'a new process for each request', [PROCESSES, 'spawn a new process']],
  ],
  choosing: [
    [
      'forking makes no sense with state in memory',
      ANATOMY,
      'a forking server makes no sense for a service that keeps what it knows in memory',
      [PROCESSES, 'would never reach'],
    ],
    [
      'what a child changes stays there',
      ANATOMY,
      'what a child changes never reaches the server',
      [PROCESSES, 'initial state kept in the parent'],
    ],
    [
      'threads can, with locks',
      ANATOMY,
      'A threading server can do that, with locks',
      [THREADS, 'use locks'],
    ],
    ['HTTP from files: deaf', ANATOMY, 'one slow reader blocks all others', [SERVERS, 'render the service']],
    ['HTTP from files: threads or processes', ANATOMY, 'tasks all mend it', [PROCESSES, 'is appropriate']],
    ['finish in a child', ANATOMY, 'have a child finish the long one', [PROCESSES, 'finish processing']],
    ['depending on the request', ANATOMY, 'depending on what the request says', [PROCESSES, 'depending on']],
    ['an explicit fork in handle()', ANATOMY, "this.fork('finishIt', …)", [PROCESSES, 'explicit fork']],
    [
      'a table of partly finished requests',
      ANATOMY,
      'a table of partly finished requests',
      ['tests/examples/table-of-requests.test.ts', 'partly finished'],
    ],
    ['where threads are too expensive', ANATOMY, 'too dear or not to be had', null],
    [
      'select() tells which to work on',
      ANATOMY,
      'work on whichever has something to read',
      ['tests/examples/table-of-requests.test.ts', 'whoever has sent something'],
    ],
    ['long connections', ANATOMY, 'each client stays connected for a long time', null],
    ['another way: asyncore', NAMES, 'asyncore', [SERVERS, 'AsyncMixIn']],
  ],
  'server members': [
    [
      'shutdown() stops and waits',
      ANATOMY,
      'tells the loop to stop, and waits until it has',
      [SERVERS, 'waits until it'],
    ],
    ['since 2.6', NAMES, 'in Python since 2.6', null],
    ['class variables', NAMES, 'Variables of a server', [CUSTOMIZING, "'addressFamily'"]],
    ['methods to override', ANATOMY, 'the library, for you to override', [CUSTOMIZING, 'can be overridden']],
    ['of no use from outside', ANATOMY, 'The second row is of no use from outside', null],
  ],
  'handler members': [
    ['may override others', ANATOMY, 'you override what you need', [HANDLERS, 'can override any']],
    [
      'a new instance each time',
      ANATOMY,
      'A new instance is made for each request',
      [HANDLERS, 'A new instance'],
    ],
    ['handle() does all the work', ANATOMY, 'does all the work of the request', null],
    ['handle() does nothing by default', ANATOMY, 'does nothing by default', [HANDLERS, 'does nothing']],
    ['self.request', ANATOMY, 'the request in this.request', [HANDLERS, 'available as self.request']],
    [
      'self.client_address',
      ANATOMY,
      "the client's address in this.clientAddress",
      [HANDLERS, 'self.client_address'],
    ],
    ['self.server', ANATOMY, 'the server in this.server', [HANDLERS, 'per-server information']],
    ['streams: a socket', ANATOMY, 'this.request is a socket for the one', [HANDLERS, 'is a socket object']],
    ['datagrams: a pair', ANATOMY, 'a pair for the other', [HANDLERS, 'pair of string and socket']],
    ['different handlers', ANATOMY, 'either for streams or for datagrams', [HANDLERS, 'must be different']],
    ['hidden by subclasses', ANATOMY, 'hide the difference', [HANDLERS, 'This can be hidden']],
    [
      'setup() and finish()',
      ANATOMY,
      'their setup() and finish() give you',
      [HANDLERS, 'override the setup()'],
    ],
    ['rfile', ANATOMY, 'this.rfile to read the request from', [HANDLERS, 'self.rfile']],
    ['wfile', ANATOMY, 'this.wfile to write the reply to', [HANDLERS, 'self.wfile']],
  ],
  'the programs': [
    ['the TCP server', BESIDE, '<<< @/examples/python/tcp_server.py', [PYTHON, 'tcp_server.py']],
    ['once per connection', BESIDE, 'runs once for each connection', [HANDLERS, 'once per connection']],
    [
      'with streams',
      BESIDE,
      '<<< @/examples/python/tcp_server_readline.py',
      [PYTHON, 'tcp_server_readline.py'],
    ],
    ['like files', BESIDE, 'rfile and wfile are like files', null],
    [
      'one recv(), one send()',
      BESIDE,
      'with these clients is what one send() has sent',
      [HANDLERS, 'in one send() call'],
    ],
    [
      'readline() calls recv() again',
      BESIDE,
      'as often as it takes to get a newline',
      [HANDLERS, 'multiple times'],
    ],
    ['the TCP client', BESIDE, '<<< @/examples/python/tcp_client.py', [PYTHON, 'python/tcp_client.py']],
    [
      'what the server prints',
      BESIDE,
      '127.0.0.1 wrote: hello world with TCP',
      [PYTHON, 'SERVER_TRANSCRIPT'],
    ],
    ['what the client prints', BESIDE, 'Received: PYTHON IS NICE', [PYTHON, 'CLIENT_TRANSCRIPTS']],
    ['the UDP server', BESIDE, '<<< @/examples/python/udp_server.py', [PYTHON, 'udp_server.py']],
    [
      'a pair of data and socket',
      BESIDE,
      "the data of one datagram, and the server's socket",
      [HANDLERS, 'pair'],
    ],
    [
      'the reply names the address',
      BESIDE,
      "the reply names the client's address",
      [HANDLERS, 'given explicitly'],
    ],
    ['the UDP client', BESIDE, '<<< @/examples/python/udp_client.py', [PYTHON, 'python/udp_client.py']],
    ['no connect()', BESIDE, 'Nothing is connected', null],
    ['the same output as TCP', BESIDE, 'is exactly as with TCP', [PYTHON, 'udp-client.ts']],
    ['the threaded server', BESIDE, '<<< @/examples/python/threaded_tcp_server.py', [PYTHON, 'threaded']],
    ['port 0', BESIDE, 'Port 0 takes any port that is free', [SERVERS, 'Port 0 means']],
    [
      "the loop's own thread",
      BESIDE,
      "runs the server's loop in another thread",
      [THREADS, 'threaded-tcp-server'],
    ],
    [
      'it ends with the main thread',
      BESIDE,
      'ends with the main thread',
      [THREADS, 'Exit the server thread when the main thread terminates'],
    ],
    ['what it prints', BESIDE, 'Received: Thread-4: Hello World 3', [THREADS, 'something like this']],
  ],
}

describe.each(Object.entries(STATEMENTS))('the seed on %s', (_subject, statements) => {
  test.each(statements)('%s: %s says so', (_what, page, phrase, proof) => {
    expect(plain(read(`docs/${page}.md`))).toContain(phrase)
    if (proof !== null) expect(read(proof[0])).toContain(proof[1])
  })
})

/** The words of a page without its Markdown, on one line. */
function plain(markdown: string): string {
  return markdown.replaceAll(/[`*]|\b_|_\b/g, '').replaceAll(/\s+/g, ' ')
}

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8')
}
