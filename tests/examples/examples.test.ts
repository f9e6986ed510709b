import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createConnection } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

// The seed's programs use this port, so the tests of this file must be the only ones that do.
const PORT = 9999
const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const TSX = fileURLToPath(import.meta.resolve('tsx/cli'))

interface Program {
  child: ChildProcess
  output: () => string
}

function run(program: string, ...words: string[]): Program {
  const child = spawn(process.execPath, [TSX, `docs/examples/${program}`, ...words], { cwd: ROOT })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => (output += String(data)))
  return { child, output: () => output }
}

async function outputOf({ child, output }: Program): Promise<string> {
  await once(child, 'close')
  return output()
}

async function end({ child }: Program): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const closed = once(child, 'close')
  child.kill()
  await closed
}

async function isTCPServed(): Promise<boolean> {
  const socket = createConnection(PORT, '127.0.0.1')
  try {
    await once(socket, 'connect')
    // The probe is a request too; the server is free again when it has closed it.
    socket.end()
    await once(socket.resume(), 'close')
    return true
  } catch {
    return false
  }
}

async function isUDPBound(): Promise<boolean> {
  const probe = createSocket('udp4')
  try {
    const bound = once(probe, 'listening')
    probe.bind(PORT, '127.0.0.1')
    await bound
    return false
  } catch {
    return true
  } finally {
    probe.close()
  }
}

const WAIT = { timeout: 20_000 }

describe.each([
  ['tcp-server.ts', 'tcp-client.ts', isTCPServed],
  ['tcp-server-readline.ts', 'tcp-client.ts', isTCPServed],
  ['udp-server.ts', 'udp-client.ts', isUDPBound],
])('%s with %s', { timeout: 60_000 }, (serverProgram, clientProgram, isServed) => {
  let server: Program

  beforeEach(async () => {
    if (await isServed()) throw new Error(`Port ${PORT} is in use: the seed's programs need it free`)
    server = run(serverProgram)
    await expect.poll(isServed, WAIT).toBe(true)
  }, 30_000)

  afterEach(async () => {
    await end(server)
    expect(await isServed()).toBe(false)
  })

  /** What the server has printed of requests, without the one of the probe, which sent nothing. */
  const served = () => server.output().replace('127.0.0.1 wrote:\n\n', '')

  test("prints the seed's transcripts to the letter", async () => {
    expect(await outputOf(run(clientProgram, 'hello', 'world', 'with', 'TCP'))).toBe(
      'Sent: hello world with TCP\nReceived: HELLO WORLD WITH TCP\n',
    )
    expect(await outputOf(run(clientProgram, 'python', 'is', 'nice'))).toBe(
      'Sent: python is nice\nReceived: PYTHON IS NICE\n',
    )
    await expect
      .poll(served)
      .toBe('127.0.0.1 wrote:\nhello world with TCP\n127.0.0.1 wrote:\npython is nice\n')
  })

  test('serves a plain socket of Node', async () => {
    if (clientProgram === 'udp-client.ts') {
      const client = createSocket('udp4')
      client.send('plain\n', PORT, '127.0.0.1')
      expect(String((await once(client, 'message'))[0])).toBe('PLAIN')
      client.close()
    } else {
      const client = createConnection(PORT, '127.0.0.1')
      client.write('plain\n')
      expect(String((await once(client, 'data'))[0])).toBe('PLAIN')
      client.end()
      await once(client, 'close')
    }
    await expect.poll(served).toBe('127.0.0.1 wrote:\nplain\n')
  })
})

test.each([
  ['streams-server.ts', 'streams-client.ts', 'hello world', 'Sent: hello world\nReceived: HELLO\n'],
  [
    'tcp-server-readline.ts',
    'streams-client.ts',
    'hello world',
    'Sent: hello world\nReceived: HELLO WORLD\n',
  ],
  ['one-at-a-time.ts', 'tcp-client.ts', 'hello', 'Sent: hello\nReceived: HELLO\n'],
  ['threads-server.ts', 'tcp-client.ts', '20', 'Sent: 20\nReceived: MainThread: 6765\n'],
  // the probe is a request too, and has had the first thread
  ['threads-server.solution.ts', 'tcp-client.ts', '20', 'Sent: 20\nReceived: Thread-2: 6765\n'],
])(
  '%s answers %s as its page says',
  { timeout: 60_000 },
  async (serverProgram, clientProgram, words, output) => {
    const server = run(serverProgram)
    try {
      await expect.poll(isTCPServed, WAIT).toBe(true)
      expect(await outputOf(run(clientProgram, ...words.split(' ')))).toBe(output)
    } finally {
      await end(server)
    }
  },
)

test.each([
  [
    'http-server.ts',
    'http-client.ts',
    ['no', 'such', 'note'],
    /^Sent: GET \/no-such-note\nReceived: HTTP\/1.1 404 /,
  ],
  ['table-of-requests.ts', 'sum-client.ts', ['1', '20', '300'], /^Sent: 1 20 300\nReceived: 321\n$/],
  ['dns-server.ts', 'dns-client.ts', ['handler.example'], /^Sent: handler.example\nReceived: 192.0.2.2\n$/],
  ['dns-server.ts', 'dns-client.ts', ['other.example'], /^Sent: other.example\nReceived: no such name\n$/],
])('%s answers %s with %j', { timeout: 30_000 }, async (serverProgram, clientProgram, words, output) => {
  const server = run(serverProgram)
  try {
    // It has printed its port, and so it listens.
    await expect.poll(server.output, WAIT).not.toBe('')
    expect(await outputOf(run(clientProgram, ...words))).toMatch(output)
  } finally {
    await end(server)
  }
})

test('importing a server program starts nothing', async () => {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '-e', "await import('./docs/examples/tcp-server.ts')"],
    { cwd: ROOT, stdio: 'inherit' },
  )
  expect(await once(child, 'exit')).toEqual([0, null])
})
