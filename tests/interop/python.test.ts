import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import {
  connect,
  type InetAddress,
  type RequestHandlerClass,
  TCPServer,
  ThreadingTCPServer,
  UDPServer,
} from 'socketserver-ts'
import { LOOPBACK, serving } from '../server-lib/support.ts'
import { notesServer } from './notes-server.ts'
import {
  clientOutput,
  describeWith,
  outputOf,
  pythonOutput,
  startPython,
  startPythonExample,
} from './tools.ts'

// Programs, threads and processes start as fast as the machine lets them.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })
const WAIT = { timeout: 10_000 }

type AnyHandler = RequestHandlerClass<unknown, InetAddress>

const tcpServer = (handler: AnyHandler) => new TCPServer(LOOPBACK, handler)
const udpServer = (handler: AnyHandler) => new UDPServer(LOOPBACK, handler)

/** A handler of docs/examples, for a server on a port of our own: the one of the program is 9999. */
async function handlerOf(program: string, name: string): Promise<AnyHandler> {
  const { href } = new URL(`../../docs/examples/${program}`, import.meta.url)
  const exported = (await import(href)) as Record<
    string,
    RequestHandlerClass<unknown, InetAddress> | undefined
  >
  const { [name]: handler } = exported
  if (handler === undefined) throw new Error(`${program} exports no ${name}`)
  return handler
}

const SERVER_TRANSCRIPT = '127.0.0.1 wrote:\nhello world with TCP\n127.0.0.1 wrote:\npython is nice\n'
const CLIENT_TRANSCRIPTS = [
  'Sent: hello world with TCP\nReceived: HELLO WORLD WITH TCP\n',
  'Sent: python is nice\nReceived: PYTHON IS NICE\n',
]

describeWith('python3', "Python's socketserver and our clients", () => {
  test.each([
    ['tcp_server.py', 'tcp-client.ts'],
    ['tcp_server_readline.py', 'tcp-client.ts'],
    ['udp_server.py', 'udp-client.ts'],
    ['tcp_server.py', 'python/tcp_client.py'],
    ['tcp_server_readline.py', 'python/tcp_client.py'],
    ['udp_server.py', 'python/udp_client.py'],
  ])("%s and %s print the seed's transcripts", async (program, client) => {
    await using server = await startPythonExample(program)
    const { port } = server.address
    expect(await clientOutput(client, port, 'hello', 'world', 'with', 'TCP')).toBe(CLIENT_TRANSCRIPTS[0])
    expect(await clientOutput(client, port, 'python', 'is', 'nice')).toBe(CLIENT_TRANSCRIPTS[1])
    await expect.poll(server.output, WAIT).toBe(SERVER_TRANSCRIPT)
  })

  test("the seed's threaded sample prints its transcript, in which Python now names the target of a thread too", async () => {
    const program = join(import.meta.dirname, '../../docs/examples/python/threaded_tcp_server.py')
    const printed = await outputOf('python3', [program])
    expect(printed.replaceAll(/(?<=Thread-\d+) \(\w+\)/g, '')).toBe(
      'Server loop running in thread: Thread-1\n' +
        'Received: Thread-2: Hello World 1\n' +
        'Received: Thread-3: Hello World 2\n' +
        'Received: Thread-4: Hello World 3\n',
    )
  })

  test('threaded_tcp_server.py serves each of our clients in a thread of its own', async () => {
    await using server = await startPython('threaded_tcp_server.py')
    for (const number of [1, 2, 3]) {
      await using socket = await connect(server.address)
      await socket.send(`Hello World ${number}`)
      expect(String(await socket.recv(1024))).toBe(`Thread-${number + 1}: Hello World ${number}`)
    }
    expect(server.output()).toBe('Server loop running in thread: Thread-1\n')
  })
})

describeWith('python3', "our servers and the seed's clients in Python", () => {
  let printed = ''

  beforeEach(() => {
    printed = ''
    vi.spyOn(console, 'log').mockImplementation((line: string) => (printed += `${line}\n`))
  })

  afterEach(() => {
    vi.restoreAllMocks()
  })

  test.each([
    ['tcp-server.ts', 'MyTCPHandler', tcpServer, 'python/tcp_client.py'],
    ['tcp-server-readline.ts', 'MyTCPHandler', tcpServer, 'python/tcp_client.py'],
    ['udp-server.ts', 'MyUDPHandler', udpServer, 'python/udp_client.py'],
  ])("%s prints the seed's transcript, and so do they", async (program, handler, serverWith, client) => {
    await using running = await serving(serverWith(await handlerOf(program, handler)))
    const { port } = running.server.serverAddress
    expect(await clientOutput(client, port, 'hello', 'world', 'with', 'TCP')).toBe(CLIENT_TRANSCRIPTS[0])
    expect(await clientOutput(client, port, 'python', 'is', 'nice')).toBe(CLIENT_TRANSCRIPTS[1])
    expect(printed).toBe(SERVER_TRANSCRIPT)
  })

  test('threaded-tcp-server.ts serves each of them in a thread of its own', async () => {
    const handler = await handlerOf('threaded-tcp-server.ts', 'ThreadedTCPRequestHandler')
    await using running = await serving(new ThreadingTCPServer(LOOPBACK, handler))
    const { port } = running.server.serverAddress
    expect(await pythonOutput('threaded_client.py', port)).toBe(
      [1, 2, 3].map((number) => `Received: Thread-${number}: Hello World ${number}\n`).join(''),
    )
  })
})

describeWith('python3', "Python's http.client", () => {
  test('keeps one connection for several requests and reads every byte of a reply', async () => {
    await using notes = await notesServer()
    expect(await pythonOutput('http_client.py', notes.address.port)).toBe(
      "201 b'256 bytes'\n200 True\n404 b'There is no such note'\nconnections 1\n",
    )
  })
})
