import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import {
  AsyncTCPServer,
  ForkingTCPServer,
  StreamRequestHandler,
  TCPServer,
  UDPServer,
  openDatagram,
} from 'socketserver-ts'
import {
  CarelessForkHandler,
  ForkDatagramHandler,
  ForkHandler,
  ForkServer,
  NamedForkHandler,
  TwiceHandler,
  UsedUpHandler,
} from './fixtures/forking-handlers.mjs'
import { childrenOf } from './process-support.ts'
import { exchange, LOOPBACK, plainClient, receiveAll, serving } from './support.ts'

describe('fork() in a handler of a TCPServer', () => {
  test('finishes the request in a child with all that was sent and received before, while the server goes on', async () => {
    const server = new ForkServer(LOOPBACK, ForkHandler)
    await using running = await serving(server)
    const slow = await plainClient(running.server.serverAddress)
    let received = ''
    slow.on('data', (data: Buffer) => (received += data.toString()))
    slow.write('first\nread ahead\npart of ')
    await expect.poll(() => received).toMatch(/read ahead/)
    const [pid = 0] = childrenOf()
    expect(received).toBe(`${process.pid} parent\n${pid} child 0 11 first\nread ahead\n`)

    const quick = await exchange(running.server.serverAddress, 'second\n')
    expect(quick).toMatch(new RegExp(`^${process.pid} parent\n\\d+ child 1 12 second\n$`))
    expect(server.count).toBe(2)

    slow.end('a line\n')
    await once(slow, 'end')
    expect(received).toMatch(/part of a line\n$/)
    await expect.poll(() => childrenOf()).toEqual([])
  })

  test('lets what was sent before go out first, and waits for no handler that does not wait for it', async () => {
    await using running = await serving(new TCPServer(LOOPBACK, CarelessForkHandler))
    const text = await exchange(running.server.serverAddress, '')
    expect(text === 'x'.repeat(64_000_000) + 'end').toBe(true)
  })

  test('carries large data that was read ahead', async () => {
    await using running = await serving(new ForkServer(LOOPBACK, ForkHandler))
    const lines = Array.from({ length: 100_000 }, (_, index) => `line ${index}\n`).join('')
    const text = await exchange(running.server.serverAddress, `first\n${lines}`)
    expect(text.slice(text.indexOf('first\n') + 6) === lines).toBe(true)
  })

  test('leaves nothing of the request to the handler', async () => {
    const server: TCPServer & { failures?: unknown } = new TCPServer(LOOPBACK, UsedUpHandler)
    await using running = await serving(server)
    expect(await exchange(running.server.serverAddress, '')).toBe('first')
    await expect.poll(() => server.failures).toEqual(Array(3).fill('ERR_SOCKET_CLOSED'))
  })

  test('reports what the child throws in the child, and shuts the request down', async () => {
    const errors: unknown[] = []
    const server = new ForkServer(LOOPBACK, ForkHandler)
    server.handleError = (_request, _clientAddress, error) => void errors.push(error)
    await using running = await serving(server)
    expect(await exchange(running.server.serverAddress, 'first\nthrow\n')).toMatch(/first\n$/)
    await expect.poll(() => childrenOf()).toEqual([])
    expect(errors).toEqual([])
  })

  test('of a method that does not exist says so at once', async () => {
    const errors: unknown[] = []
    const server = new TCPServer(LOOPBACK, NamedForkHandler)
    server.handleError = (_request, _clientAddress, error) => void errors.push(error)
    await using running = await serving(server)
    expect(await exchange(running.server.serverAddress, 'missing\n')).toBe('')
    expect(errors).toEqual([
      new TypeError('Cannot fork to "missing": NamedForkHandler must have a method of that name'),
    ])
  })

  test('of a class that is not exported says so, and ends the request', async () => {
    class Local extends StreamRequestHandler {
      // A module that does not export it, and is there at once.
      static moduleUrl = 'node:net'
      override async handle() {
        await this.fork('rest')
      }
      rest() {}
    }
    const errors: unknown[] = []
    const server = new TCPServer(LOOPBACK, Local)
    server.handleError = (_request, _clientAddress, error) => void errors.push(error)
    await using running = await serving(server)
    expect(await exchange(running.server.serverAddress, 'x\n')).toBe('')
    expect(errors).toMatchObject([{ code: 'ERR_NOT_EXPORTED' }])
  })

  test('is waited for by serverClose(), and ended after its timeout', async () => {
    for (const options of [{}, { timeout: 50 }]) {
      const server = new ForkServer(LOOPBACK, ForkHandler)
      const loop = server.serveForever()
      await server.listen()
      const client = await plainClient(server.serverAddress)
      client.write('hold\n')
      let received = ''
      client.on('data', (data: Buffer) => (received += data.toString()))
      await expect.poll(() => received).toMatch(/child/)
      let isClosed = false
      const closed = server.serverClose(options).then(() => (isClosed = true))
      if (options.timeout === undefined) {
        client.write('more\n')
        await expect.poll(() => received).toMatch(/more/)
        expect(isClosed).toBe(false)
        client.end()
      }
      await closed
      await loop
      await expect.poll(() => childrenOf()).toEqual([])
    }
  })
})

test('fork() of a child that is killed is reported to the server', async () => {
  const errors: unknown[] = []
  const server = new ForkServer(LOOPBACK, ForkHandler)
  server.handleError = (_request, _clientAddress, error) => void errors.push(error)
  await using running = await serving(server)
  const client = await plainClient(running.server.serverAddress)
  client.on('error', () => {})
  const ended = receiveAll(client)
  client.write('hold\n')
  await expect.poll(() => childrenOf().length).toBe(1)
  process.kill(childrenOf()[0] as number, 'SIGKILL')
  await ended
  await expect.poll(() => errors).toMatchObject([{ code: 'ERR_CHILD_DIED' }])
})

test('fork() works for datagrams', async () => {
  await using running = await serving(new UDPServer(LOOPBACK, ForkDatagramHandler))
  await using client = await openDatagram(LOOPBACK)
  await client.sendTo('datagram', running.server.serverAddress)
  expect(String((await client.recvFrom())[0])).toBe('other datagram')
})

test.each([
  ['an AsyncTCPServer', AsyncTCPServer],
  ['a ForkingTCPServer', ForkingTCPServer],
])('fork() works in a handler of %s', async (_name, Server) => {
  await using running = await serving(new Server(LOOPBACK, TwiceHandler))
  const [first, second, line] = (await exchange(running.server.serverAddress, 'line\n')).split('\n')
  expect(line).toBe('line')
  expect(first).not.toBe(second)
})
