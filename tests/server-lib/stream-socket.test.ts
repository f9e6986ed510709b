import { once } from 'node:events'
import { createServer, Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { BaseRequestHandler, connect, type StreamSocket, TCPServer } from 'socketserver-ts'
import { exchange, gate, LOOPBACK, receiveAll, serving } from './support.ts'

/** A library socket connected to a plain socket of Node. */
async function connectedPair(): Promise<{ socket: StreamSocket; peer: Socket } & AsyncDisposable> {
  const listener = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const accepted = once(listener, 'connection') as Promise<[Socket]>
  const socket = await connect({ host: '127.0.0.1', port: (listener.address() as { port: number }).port })
  const [peer] = await accepted
  peer.on('error', () => {})
  return {
    socket,
    peer,
    [Symbol.asyncDispose]: async () => {
      peer.destroy()
      await socket.close()
      await new Promise((resolve) => listener.close(resolve))
    },
  }
}

/** A handler whose work is given by the test. */
function handling(handle: (request: StreamSocket) => Promise<void>) {
  return class extends BaseRequestHandler {
    override handle() {
      return handle(this.request)
    }
  }
}

test('recv() returns what has arrived, max bytes at most, and an empty Buffer at the end', async () => {
  await using pair = await connectedPair()
  pair.peer.end('hello')
  expect((await pair.socket.recv(2)).toString()).toBe('he')
  expect((await pair.socket.recv(1024)).toString()).toBe('llo')
  expect(await pair.socket.recv(1024)).toHaveLength(0)
  expect(await pair.socket.recv(1024)).toHaveLength(0)
})

test('recv() rejects with the error of the system when the peer resets', async () => {
  await using pair = await connectedPair()
  const received = pair.socket.recv(1)
  pair.peer.resetAndDestroy()
  await expect(received).rejects.toMatchObject({ code: 'ECONNRESET' })
  await expect(pair.socket.recv(1)).rejects.toMatchObject({ code: 'ECONNRESET' })
})

test('recv() rejects a second read at the same time and a size that is no count of bytes', async () => {
  await using pair = await connectedPair()
  const first = pair.socket.recv(1)
  await expect(pair.socket.recv(1)).rejects.toMatchObject({ code: 'ERR_READ_IN_PROGRESS' })
  pair.peer.write('x')
  expect((await first).toString()).toBe('x')
  expect(() => pair.socket.recv(-1)).toThrow(RangeError)
  expect(() => pair.socket.recv(1.5)).toThrow('a whole number, 0 or more, is required')
})

test('recv() rejects after the time of setTimeout() and can be tried again', async () => {
  await using pair = await connectedPair()
  pair.socket.setTimeout(10)
  await expect(pair.socket.recv(1)).rejects.toMatchObject({ code: 'ERR_SOCKET_TIMEOUT' })
  pair.socket.setTimeout(null)
  const received = pair.socket.recv(1)
  pair.peer.write('x')
  expect((await received).toString()).toBe('x')
})

test('a pending recv() rejects when the socket is closed under it', async () => {
  await using pair = await connectedPair()
  const received = pair.socket.recv(1)
  pair.peer.end()
  pair.socket.abort()
  await expect(received).rejects.toMatchObject({ code: 'ERR_SOCKET_CLOSED' })
})

test('a socket that nobody reads stops receiving, and goes on when it is read', async () => {
  await using pair = await connectedPair()
  const size = 64 * 1024 * 1024
  const sent = gate()
  pair.peer.write(Buffer.alloc(size), () => {
    sent.open()
  })
  pair.peer.end()
  let received = (await pair.socket.recv(1)).length
  // With no limit the whole of it would be taken at once; the kernel's buffers hold far less than this.
  await expect.poll(() => pair.peer.writableLength).toBeGreaterThan(size / 2)
  for await (const chunk of pair.socket) received += chunk.length
  await sent.opened
  expect(received).toBe(size)
})

test('send() resolves to the whole length of a large write, when the peer has made room for it', async () => {
  await using pair = await connectedPair()
  const size = 32 * 1024 * 1024
  let resolved = false
  const sent = pair.socket.send(Buffer.alloc(size, 'x')).then((count) => {
    resolved = true
    return count
  })
  await once(pair.peer, 'readable')
  expect(resolved).toBe(false)
  let received = 0
  pair.peer.on('data', (chunk: Buffer) => (received += chunk.length))
  expect(await sent).toBe(size)
  await expect.poll(() => received).toBe(size)
})

test('send() keeps the order of many writes of one tick, mixed small and large', async () => {
  await using pair = await connectedPair()
  const parts = Array.from({ length: 500 }, (_, index) =>
    index % 50 === 0 ? String(index).repeat(9000) : `${index};`,
  )
  await Promise.all(parts.map((part) => pair.socket.send(part)))
  const received = receiveAll(pair.peer)
  await pair.socket.close()
  expect(await received).toBe(parts.join(''))
})

test("send() lets Nagle's algorithm hold back no write that follows another of its tick", async () => {
  await using pair = await connectedPair()
  const setNoDelay = vi.spyOn(Socket.prototype, 'setNoDelay')
  await pair.socket.send('alone')
  await setImmediate()
  expect(setNoDelay).not.toHaveBeenCalled()
  await Promise.all([pair.socket.send('head'), pair.socket.send('body')])
  await setImmediate()
  expect(setNoDelay).toHaveBeenCalledWith(true)
  setNoDelay.mockRestore()
  const received = receiveAll(pair.peer)
  await pair.socket.close()
  expect(await received).toBe('aloneheadbody')
})

test('send() joins the writes of a tick from the first on, once a tick has had several', async () => {
  await using pair = await connectedPair()
  const write = vi.spyOn(Socket.prototype, 'write')
  const written = async (...parts: string[]) => {
    write.mockClear()
    await Promise.all(parts.map((part) => pair.socket.send(part)))
    await setImmediate()
    return write.mock.calls.map(([data]) => String(data))
  }
  expect(await written('a', 'b', 'c')).toEqual(['a', 'bc'])
  expect(await written('d', 'e', 'f')).toEqual(['def'])
  expect(await written('g')).toEqual(['g'])
  expect(await written('h', 'i')).toEqual(['h', 'i'])
  write.mockRestore()
  const received = receiveAll(pair.peer)
  await pair.socket.close()
  expect(await received).toBe('abcdefghi')
})

test('send() copies small writes, so that the caller may reuse its buffer', async () => {
  await using pair = await connectedPair()
  const buffer = Buffer.from('a')
  for (const letter of 'abc') {
    buffer.write(letter)
    await pair.socket.send(buffer)
  }
  const received = receiveAll(pair.peer)
  await pair.socket.close()
  expect(await received).toBe('abc')
})

test('send() rejects when the peer has gone, and an un-awaited one does not end the process', async () => {
  await using pair = await connectedPair()
  pair.peer.resetAndDestroy()
  await expect(pair.socket.recv(1)).rejects.toMatchObject({ code: 'ECONNRESET' })
  void pair.socket.send('nobody awaits this')
  await expect(pair.socket.send('x')).rejects.toMatchObject({ code: 'ECONNRESET' })
})

test('send() rejects after the time of setTimeout() when the peer does not read', async () => {
  await using pair = await connectedPair()
  pair.socket.setTimeout(20)
  await expect(pair.socket.send(Buffer.alloc(64 * 1024 * 1024))).rejects.toMatchObject({
    code: 'ERR_SOCKET_TIMEOUT',
  })
  pair.socket.abort()
})

test('shutdown("write") half-closes: the peer sees the end and can still reply', async () => {
  await using pair = await connectedPair()
  await pair.socket.send('question')
  await pair.socket.shutdown('write')
  expect(await receiveAll(pair.peer)).toBe('question')
  pair.peer.end('answer')
  expect((await pair.socket.recv(64)).toString()).toBe('answer')
  await expect(pair.socket.send('more')).rejects.toMatchObject({ code: 'ERR_SOCKET_CLOSED' })
})

test('shutdown("read") ends what is received and leaves sending alone', async () => {
  await using pair = await connectedPair()
  await pair.socket.shutdown('read')
  pair.peer.write('late')
  expect(await pair.socket.recv(64)).toHaveLength(0)
  await pair.socket.send('still')
  expect(String((await once(pair.peer, 'data'))[0])).toBe('still')
})

test('close() sends all that was sent, is idempotent, and closes the descriptor', async () => {
  await using pair = await connectedPair()
  void pair.socket.send('a'.repeat(20_000))
  void pair.socket.send('b'.repeat(20_000))
  const received = receiveAll(pair.peer)
  await Promise.all([pair.socket.close(), pair.socket.close()])
  expect(await received).toHaveLength(40_000)
  await expect(pair.socket.send('x')).rejects.toMatchObject({ code: 'ERR_SOCKET_CLOSED' })
})

test('a client that half-closes gets the whole reply', async () => {
  await using running = await serving(
    new TCPServer(
      LOOPBACK,
      handling(async (request) => {
        for await (const chunk of request) await request.send(chunk)
      }),
    ),
  )
  const question = 'x'.repeat(300_000)
  expect(await exchange(running.server.serverAddress, question)).toBe(question)
})
