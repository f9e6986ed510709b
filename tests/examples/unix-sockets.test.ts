import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { describeWith } from '../interop/tools.ts'

vi.setConfig({ testTimeout: 60_000 })

const EXAMPLES = fileURLToPath(new URL('../../docs/examples/', import.meta.url))
const TSX = fileURLToPath(import.meta.resolve('tsx/cli'))
const WAIT = { timeout: 20_000 }

let folder: string
let server: ChildProcess

/** The programs name their sockets by relative paths, so each test has a folder of its own. */
function run(command: string, words: string[], input = '') {
  const child = spawn(command, words, { cwd: folder })
  child.stdin.end(input)
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => (output += String(data)))
  return { child, output: () => output }
}

function runExample(file: string, ...words: string[]) {
  return run(process.execPath, [TSX, join(EXAMPLES, file), ...words])
}

async function outputOf({ child, output }: ReturnType<typeof run>): Promise<string> {
  await once(child, 'close')
  return output()
}

async function start(file: string): Promise<() => string> {
  const { child, output } = runExample(file)
  server = child
  await expect.poll(() => existsSync(join(folder, 'upper.sock')), WAIT).toBe(true)
  return output
}

async function stop(): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const closed = once(server, 'close')
  server.kill()
  await closed
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unix-sockets-'))
})

afterEach(async () => {
  await stop()
  await rm(folder, { recursive: true })
})

describe('unix-stream-server.ts', () => {
  test('answers its client, whose address is empty', async () => {
    const output = await start('unix-stream-server.ts')
    expect(await outputOf(runExample('unix-stream-client.ts', 'hello', 'world'))).toMatch(
      /^Mode of upper\.sock: \d{3}\nSent: hello world\nReceived: HELLO WORLD\n$/,
    )
    await expect.poll(output, WAIT).toBe('"" wrote:\nhello world\n')
  })

  test('leaves its file when a signal ends it, and takes it over when it starts again', async () => {
    await start('unix-stream-server.ts')
    await stop()
    expect(await outputOf(runExample('unix-stream-client.ts', 'hello'))).toContain(
      'connect ECONNREFUSED upper.sock',
    )
    await start('unix-stream-server.ts')
    await expect
      .poll(() => outputOf(runExample('unix-stream-client.ts', 'hello')), WAIT)
      .toMatch(/Sent: hello\nReceived: HELLO\n$/)
  })
})

describe('unix-datagram-server.ts', () => {
  test('answers its client at its path, which is gone afterwards', async () => {
    const output = await start('unix-datagram-server.ts')
    expect(await outputOf(runExample('unix-datagram-client.ts', 'hello', 'world'))).toBe(
      'Sent: hello world\nReceived: HELLO WORLD\n',
    )
    expect(output()).toMatch(/^"client-\d+\.sock" wrote:\nhello world\n$/)
    expect(await readdir(folder)).toEqual(['upper.sock'])
  })

  test('is no server for a client of streams', async () => {
    await start('unix-datagram-server.ts')
    expect(await outputOf(runExample('unix-stream-client.ts', 'hello'))).toContain(
      'connect EPROTOTYPE upper.sock',
    )
  })
})

describeWith('socat', 'socat', () => {
  test.each([
    ['unix-stream-server.ts', ['-', 'UNIX-CONNECT:upper.sock']],
    ['unix-datagram-server.ts', ['-t', '5', '-', 'UNIX-SENDTO:upper.sock,bind=client.sock']],
  ])('is a client of %s', async (file, words) => {
    await start(file)
    expect(await outputOf(run('socat', words, 'hello\n'))).toBe('HELLO')
  })
})
