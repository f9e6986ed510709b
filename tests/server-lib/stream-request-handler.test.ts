import { once } from 'node:events'
import { afterEach, expect, test, vi } from 'vitest'
import { StreamRequestHandler, TCPServer } from 'socketserver-ts'
import { exchange, gate, LOOPBACK, plainClient, serving } from './support.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

test('wfile is unbuffered by default: a write arrives while handle() goes on', async () => {
  const seen = gate()
  class Handler extends StreamRequestHandler {
    override async handle() {
      expect(await this.wfile.write('größe')).toBe(7)
      await seen.opened
    }
  }
  await using running = await serving(new TCPServer(LOOPBACK, Handler))
  const client = await plainClient(running.server.serverAddress)
  expect(String((await once(client, 'data'))[0])).toBe('größe')
  seen.open()
  client.destroy()
})

test('wfile with wbufsize sends nothing before it is full, flushed, or finished', async () => {
  const asked: (() => void)[] = []
  const ask = () => new Promise<void>((resolve) => asked.push(resolve))
  class Handler extends StreamRequestHandler {
    override wbufsize = 8
    override async handle() {
      await this.wfile.write('abc')
      await ask()
      await this.wfile.write('defgh')
      await ask()
      await this.wfile.write('i')
      await this.wfile.flush()
      await ask()
      await this.wfile.write('j')
    }
  }
  await using running = await serving(new TCPServer(LOOPBACK, Handler))
  const client = await plainClient(running.server.serverAddress)
  let received = ''
  client.on('data', (chunk: Buffer) => (received += String(chunk)))
  for (const expected of ['', 'abcdefgh', 'abcdefghi', 'abcdefghij']) {
    if (expected !== 'abcdefghij') await expect.poll(() => asked.length).toBe(1)
    await expect.poll(() => received).toBe(expected)
    asked.shift()?.()
  }
  client.destroy()
})

test('timeout ends a read of a client that sends nothing, and the server goes on', async () => {
  const errors: unknown[] = []
  class Handler extends StreamRequestHandler {
    override timeout = 10
    override async handle() {
      await this.wfile.write(await this.rfile.readline())
    }
  }
  class Server extends TCPServer {
    override handleError(...[, , error]: Parameters<TCPServer['handleError']>) {
      errors.push(error)
    }
  }
  await using running = await serving(new Server(LOOPBACK, Handler))
  const silent = await plainClient(running.server.serverAddress)
  await once(silent.resume(), 'end')
  expect(errors).toEqual([expect.objectContaining({ code: 'ERR_SOCKET_TIMEOUT' })])
  expect(await exchange(running.server.serverAddress, 'quick\n')).toBe('quick\n')
  silent.destroy()
})

test('an error of finish() has the error of handle() as its cause', async () => {
  const errors: unknown[] = []
  class Handler extends StreamRequestHandler {
    override handle() {
      throw new Error('handle')
    }
    override async finish() {
      await super.finish()
      throw new Error('finish')
    }
  }
  class Server extends TCPServer {
    override handleError(...[, , error]: Parameters<TCPServer['handleError']>) {
      errors.push(error)
    }
  }
  await using running = await serving(new Server(LOOPBACK, Handler))
  await exchange(running.server.serverAddress, '')
  expect(errors).toMatchObject([{ message: 'finish', cause: { message: 'handle' } }])
})

test('handleError prints the address and the stack between two rules', async () => {
  const print = vi.spyOn(console, 'error').mockImplementation(() => {})
  class Handler extends StreamRequestHandler {
    override handle() {
      throw new Error('boom')
    }
  }
  await using running = await serving(new TCPServer(LOOPBACK, Handler))
  const client = await plainClient(running.server.serverAddress)
  const { localPort } = client
  await once(client.resume(), 'end')
  const [text] = print.mock.calls[0] as [string]
  const lines = text.split('\n')
  expect(lines[0]).toBe('-'.repeat(40))
  expect(lines[1]).toBe(`Exception occurred during processing of request from 127.0.0.1:${localPort}`)
  expect(lines[2]).toBe('Error: boom')
  expect(lines[3]).toContain('Handler.handle')
  expect(lines.at(-1)).toBe('-'.repeat(40))
  client.destroy()
})

test('a client that resets is one line, not a stack trace, and the server goes on', async () => {
  const print = vi.spyOn(console, 'error').mockImplementation(() => {})
  const begun = gate()
  class Handler extends StreamRequestHandler {
    override async handle() {
      begun.open()
      await this.wfile.write(await this.rfile.readline())
    }
  }
  await using running = await serving(new TCPServer(LOOPBACK, Handler))
  const client = await plainClient(running.server.serverAddress)
  const { localPort } = client
  await begun.opened
  client.resetAndDestroy()
  expect(await exchange(running.server.serverAddress, 'next\n')).toBe('next\n')
  expect(print.mock.calls).toEqual([[`Client 127.0.0.1:${localPort} disconnected: ECONNRESET`]])
})
