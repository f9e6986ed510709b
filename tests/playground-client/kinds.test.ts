import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import {
  CONCURRENCIES,
  serverClassName,
  TRANSPORTS,
  type ServerKind,
} from '../../playground/client/src/kinds/server-kind.ts'
import { withAddress, type Change } from '../../playground/client/src/kinds/with-address.ts'
import { serverKindOf, withServerClass } from '../../playground/client/src/kinds/with-server-class.ts'

const EXAMPLES = join(import.meta.dirname, '../../docs/examples')

const STREAMS = ['tcp-server.ts', 'tcp-server-readline.ts']
const SERVERS = [...STREAMS, 'udp-server.ts']
const OTHERS = ['threaded-tcp-server.ts', 'explicit-fork.ts', 'forking-counter.ts', 'http-server.ts']

function example(file: string): string {
  return readFileSync(join(EXAMPLES, file), 'utf8')
}

function sourceOf(change: Change): string {
  if ('refusal' in change) throw new Error(change.refusal)
  return change.source
}

function kindOf(source: string): ServerKind {
  const kind = serverKindOf(source)
  if ('refusal' in kind) throw new Error(kind.refusal)
  return kind
}

function changedLines(before: string, after: string): string[] {
  const present = new Set(before.split('\n'))
  return after.split('\n').filter((line) => !present.has(line))
}

/** What TypeScript says of programs beside those of the docs. */
function typeProblems(programs: ReadonlyMap<string, string>): string[] {
  const config: unknown = ts.readConfigFile(join(EXAMPLES, 'tsconfig.json'), (path) =>
    readFileSync(path, 'utf8'),
  ).config
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, EXAMPLES)
  const host = ts.createCompilerHost({ ...options, noEmit: true })
  const { fileExists, readFile } = host
  host.fileExists = (path) => programs.has(path) || fileExists(path)
  host.readFile = (path) => programs.get(path) ?? readFile(path)
  const program = ts.createProgram([...programs.keys()], { ...options, noEmit: true, composite: false }, host)
  return ts
    .getPreEmitDiagnostics(program)
    .map(
      ({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
    )
}

describe.each(SERVERS)('withServerClass() of %s', (file) => {
  const source = example(file)
  const { transport } = kindOf(source)

  test.each(CONCURRENCIES)('changes nothing but the class when requests are served by %s', (concurrency) => {
    const name = serverClassName({ transport, concurrency })
    const changed = sourceOf(withServerClass(source, { transport, concurrency }))
    expect(changed).toBe(source.replaceAll(serverClassName({ transport, concurrency: 'plain' }), name))
    expect(kindOf(changed)).toEqual({ transport, concurrency })
  })

  test('comes back to the published program from every kind that it can become', () => {
    for (const there of TRANSPORTS) {
      for (const concurrency of CONCURRENCIES) {
        const changed = withServerClass(source, { transport: there, concurrency })
        if ('refusal' in changed) continue
        const back = sourceOf(withServerClass(changed.source, { transport, concurrency: 'plain' }))
        expect(back).toBe(source)
      }
    }
  })
})

test('withServerClass() moves a stream handler to a Unix socket, and what it says of its client', () => {
  const source = example('tcp-server.ts')
  const changed = sourceOf(withServerClass(source, { transport: 'unix-stream', concurrency: 'async' }))
  expect(changedLines(source, changed)).toEqual([
    'import {',
    '  BaseRequestHandler,',
    '  isMain,',
    '  AsyncUnixStreamServer,',
    '  type StreamSocket,',
    '  type UnixAddress,',
    "} from 'socketserver-ts'",
    'export class MyTCPHandler extends BaseRequestHandler<StreamSocket, UnixAddress> {',
    '    console.log(`${this.clientAddress} wrote:`)',
    "  const server = new AsyncUnixStreamServer('server.sock', MyTCPHandler)",
  ])
})

test('withServerClass() and withAddress() write programs without type errors', () => {
  const programs = new Map<string, string>()
  for (const file of [...SERVERS, ...OTHERS]) {
    for (const transport of TRANSPORTS) {
      for (const concurrency of CONCURRENCIES) {
        const changed = withServerClass(example(file), { transport, concurrency })
        if ('source' in changed) {
          programs.set(join(EXAMPLES, `${transport}-${concurrency}-${file}`), changed.source)
        }
      }
    }
  }
  for (const [file, transport] of [
    ['tcp-client.ts', 'unix-stream'],
    ['udp-client.ts', 'unix-datagram'],
  ] as const) {
    programs.set(join(EXAMPLES, `unix-${file}`), sourceOf(withAddress(example(file), transport)))
  }
  expect(programs.size).toBe(SERVERS.length * 8 + OTHERS.length * 4 + 2)
  expect(typeProblems(programs)).toEqual([])
}, 60_000)

test.each([
  ['tcp-client.ts', 'unix-stream', 'tcp', ["const socket = await connect('server.sock')"]],
  [
    'udp-client.ts',
    'unix-datagram',
    'udp',
    [
      'const socket = await openDatagram(`client-${process.pid}.sock`)',
      "await socket.sendTo(`${data}\\n`, 'server.sock')",
    ],
  ],
] as const)('withAddress() moves %s to a Unix socket and back', (file, there, back, lines) => {
  const source = example(file)
  const changed = sourceOf(withAddress(source, there))
  expect(changedLines(source, changed)).toEqual(lines)
  expect(sourceOf(withAddress(changed, back))).toBe(source)
})

test('withServerClass() takes a mix-in and its base for one class', () => {
  const source = example('threaded-tcp-server.ts')
  expect(kindOf(source)).toEqual({ transport: 'tcp', concurrency: 'threading' })
  const changed = sourceOf(withServerClass(source, { transport: 'tcp', concurrency: 'forking' }))
  expect(changed).toContain('export class ThreadedTCPServer extends ForkingTCPServer {}')
  expect(changed).not.toContain('ThreadingMixIn')
})

test.each<[string, string, ServerKind, string]>([
  [
    'a stream handler',
    'tcp-server.ts',
    { transport: 'udp', concurrency: 'plain' },
    'This handler reads from a connection, and datagrams have none',
  ],
  [
    'a datagram handler',
    'udp-server.ts',
    { transport: 'tcp', concurrency: 'plain' },
    'This handler is called with one datagram',
  ],
  [
    'a program that uses ports',
    'explicit-fork.ts',
    { transport: 'unix-stream', concurrency: 'plain' },
    'The program uses "serverAddress.port": ',
  ],
  [
    'a program with two servers',
    'dns-server.ts',
    { transport: 'tcp', concurrency: 'plain' },
    'The program has several kinds of server: AsyncTCPServer, AsyncUDPServer',
  ],
  [
    'a server that serves requests in a way of its own',
    'table-of-requests.ts',
    { transport: 'tcp', concurrency: 'threading' },
    'The program has a processRequest() of its own',
  ],
  [
    'a client',
    'tcp-client.ts',
    { transport: 'tcp', concurrency: 'plain' },
    'No server is found in the program',
  ],
])('withServerClass() refuses %s in words', (_what, file, kind, refusal) => {
  expect(withServerClass(example(file), kind)).toEqual({
    refusal: expect.stringContaining(refusal) as string,
  })
})

test.each([
  ['export class MyTCPHandler', 'class MyTCPHandler', '"export class MyTCPHandler" is required'],
  [
    'if (isMain(import.meta))',
    'if (true)',
    '"if (isMain(import.meta))" around the start of the server is required',
  ],
])(
  'withServerClass() asks for %j before threads and children import the module',
  (text, without, required) => {
    const source = example('tcp-server.ts').replace(text, without)
    for (const concurrency of ['threading', 'forking'] as const) {
      expect(withServerClass(source, { transport: 'tcp', concurrency })).toEqual({
        refusal: expect.stringContaining(required) as string,
      })
    }
    expect(withServerClass(source, { transport: 'tcp', concurrency: 'async' })).toHaveProperty('source')
  },
)

test('withServerClass() leaves comments, strings and templates alone', () => {
  const source = example('tcp-server.ts')
    .replace('// serves', '// a TCPServer serves')
    .replace('text.toUpperCase()', "'TCPServer' + `TCPServer` + /['`]/.source")
  const changed = sourceOf(withServerClass(source, { transport: 'tcp', concurrency: 'async' }))
  expect(changed).toContain('// a TCPServer serves')
  expect(changed).toContain("'TCPServer' + `TCPServer` + /['`]/.source")
  expect(changed).toContain('new AsyncTCPServer(')
})
