import { expect, test } from 'vitest'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { StreamRequestHandler, TCPServer } from 'socketserver-ts'
import { gate, LOOPBACK, plainClient, serving } from './support.ts'

type Reading = StreamRequestHandler['rfile']

/** What `read` makes of the stream that `write` sends; its error is thrown here. */
async function reading<T>(
  write: (client: Socket) => void | Promise<void>,
  read: (rfile: Reading) => Promise<T>,
) {
  const done = gate()
  let outcome: Promise<T> | undefined
  class Handler extends StreamRequestHandler {
    override async handle() {
      outcome = read(this.rfile)
      await outcome.then(done.open, done.open)
    }
  }
  await using running = await serving(new TCPServer(LOOPBACK, Handler))
  const client = await plainClient(running.server.serverAddress)
  await write(client)
  await done.opened
  client.destroy()
  if (outcome === undefined) throw new Error('The handler was not called')
  return await outcome
}

/** Sends each piece as a segment of its own. */
function inPieces(...pieces: string[]) {
  return async (client: Socket) => {
    client.setNoDelay(true)
    for (const piece of pieces) {
      await new Promise((resolve) => client.write(piece, resolve))
      await new Promise((resolve) => setImmediate(resolve))
    }
    client.end()
  }
}

const all = (text: string) => (client: Socket) => {
  client.end(text)
}

test('readline() returns a line with its newline however it was split', async () => {
  const line = await reading(inPieces('h', 'el', 'lo\nwor', 'ld\n'), async (rfile) => [
    String(await rfile.readline()),
    String(await rfile.readline()),
    String(await rfile.readline()),
  ])
  expect(line).toEqual(['hello\n', 'world\n', ''])
})

test('readline() separates lines that arrived together', async () => {
  const lines = await reading(all('one\ntwo\n\nfour'), async (rfile) => (await rfile.readlines()).map(String))
  expect(lines).toEqual(['one\n', 'two\n', '\n', 'four'])
})

test('readline(limit) returns at most limit bytes of a longer line', async () => {
  const parts = await reading(all('abcdefgh\nij\n'), async (rfile) => [
    String(await rfile.readline(5)),
    String(await rfile.readline(5)),
    String(await rfile.readline(3)),
    await rfile.readline(0),
  ])
  expect(parts).toEqual(['abcde', 'fgh\n', 'ij\n', Buffer.alloc(0)])
})

test('readline() returns a line that is longer than what may wait unread', async () => {
  const size = 4 * 1024 * 1024
  const line = await reading(all(`${'x'.repeat(size)}\nrest`), (rfile) => rfile.readline())
  expect(line).toHaveLength(size + 1)
})

test('readline() returns a long line that comes byte by byte', async () => {
  const bytes = Array.from({ length: 20_000 }, () => 'x')
  const line = await reading(inPieces(...bytes, '\n'), (rfile) => rfile.readline())
  expect(line).toHaveLength(bytes.length + 1)
})

test('the lines of rfile can be iterated over, and iteration can stop early', async () => {
  const seen = await reading(all('1\n2\n3\n4\n'), async (rfile) => {
    const lines: string[] = []
    for await (const line of rfile) {
      lines.push(String(line))
      if (lines.length === 2) break
    }
    return [...lines, String(await rfile.read())]
  })
  expect(seen).toEqual(['1\n', '2\n', '3\n4\n'])
})

test('read(size) waits for size bytes, fewer only at the end; read() takes all', async () => {
  const parts = await reading(inPieces('ab', 'cd', 'ef', 'gh'), async (rfile) => [
    String(await rfile.read(3)),
    String(await rfile.read(0)),
    String(await rfile.read(3)),
    String(await rfile.read(10)),
    String(await rfile.read()),
  ])
  expect(parts).toEqual(['abc', '', 'def', 'gh', ''])
})

test('readExactly() returns the bytes, or rejects and leaves what has arrived readable', async () => {
  const parts = await reading(inPieces('abc', 'de'), async (rfile) => {
    const exact = String(await rfile.readExactly(4))
    const failure = await rfile.readExactly(2).catch((error: unknown) => error)
    return [exact, failure, String(await rfile.read())]
  })
  expect(parts).toEqual(['abcd', expect.objectContaining({ code: 'ERR_INCOMPLETE_READ' }), 'e'])
})

test('readUntil() finds a delimiter that is split over chunks, or rejects at the end', async () => {
  const parts = await reading(inPieces('GET / HTTP/1.1\r', '\n', '\r', '\nbody'), async (rfile) => {
    const head = String(await rfile.readUntil('\r\n\r\n'))
    const failure = await rfile.readUntil('\r\n').catch((error: unknown) => error)
    return [head, failure, String(await rfile.read())]
  })
  expect(parts).toEqual([
    'GET / HTTP/1.1\r\n\r\n',
    expect.objectContaining({
      code: 'ERR_INCOMPLETE_READ',
      message: expect.stringContaining('"\\r\\n"') as string,
    }),
    'body',
  ])
})

test('readUntil() refuses an empty delimiter, and reads refuse a size that is no count of bytes', async () => {
  await reading(all(''), async (rfile) => {
    expect(() => rfile.readUntil('')).toThrow(RangeError)
    expect(() => rfile.read(-2)).toThrow(RangeError)
    expect(() => rfile.readExactly(0.5)).toThrow(RangeError)
    await rfile.read()
  })
})

test('rfile and recv() share their buffer, so that they can be mixed', async () => {
  const done = gate()
  const seen: string[] = []
  class Handler extends StreamRequestHandler {
    override async handle() {
      seen.push(String(await this.rfile.readline()))
      seen.push(String(await this.request.recv(3)))
      seen.push(String(await this.rfile.readline()))
      done.open()
    }
  }
  await using running = await serving(new TCPServer(LOOPBACK, Handler))
  const client = await plainClient(running.server.serverAddress)
  client.write('first\nsecond\n')
  await done.opened
  expect(seen).toEqual(['first\n', 'sec', 'ond\n'])
  const ended = once(client, 'close')
  client.end()
  client.resume()
  await ended
})
