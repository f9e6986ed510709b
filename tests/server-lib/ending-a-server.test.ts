import { afterEach, describe, expect, test, vi } from 'vitest'
import { once } from 'node:events'
import { setTimeout as nextTimer } from 'node:timers/promises'
import { AsyncTCPServer, BaseRequestHandler, connect, TCPServer } from 'socketserver-ts'
import { exchange, gate, LOOPBACK, plainClient, serving, UpperHandler } from './support.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

describe('shutdown()', () => {
  test('resolves after the last request finishes', async () => {
    const begun = gate()
    const held = gate()
    let finished = false
    class Handler extends BaseRequestHandler {
      override async handle() {
        begun.open()
        await held.opened
        finished = true
      }
    }
    await using server = new TCPServer(LOOPBACK, Handler)
    await server.listen()
    const loop = server.serveForever()
    const client = await plainClient(server.serverAddress)
    await begun.opened
    const stopped = server.shutdown().then(() => finished)
    held.open()
    expect(await stopped).toBe(true)
    await loop
    client.destroy()
  })

  test('before and after serving returns and leaves no trace', async () => {
    await using server = new TCPServer(LOOPBACK, UpperHandler)
    await server.shutdown()
    await server.listen()
    for (let round = 0; round < 2; round++) {
      const loop = server.serveForever()
      expect(await exchange(server.serverAddress, 'round\n')).toBe('ROUND\n')
      await server.shutdown()
      await server.shutdown()
      await loop
    }
  })

  test('awaited in a handler does not deadlock, and the loop ends after that handler', async () => {
    const order: string[] = []
    class Handler extends BaseRequestHandler {
      override async handle() {
        await this.request.recv(16)
        await this.server.shutdown()
        order.push('told')
        await this.request.send('bye')
      }
    }
    await using server = new TCPServer(LOOPBACK, Handler)
    await server.listen()
    const loop = server.serveForever().then(() => order.push('ended'))
    expect(await exchange(server.serverAddress, 'stop')).toBe('bye')
    await loop
    expect(order).toEqual(['told', 'ended'])
  })

  test('from a timer that a handler has set waits for the loop', async () => {
    const called = gate()
    let loopEnded = false
    let endedBefore: boolean | undefined
    class Handler extends BaseRequestHandler {
      override handle() {
        const { server } = this
        setTimeout(() => {
          void server.shutdown().then(() => {
            endedBefore = loopEnded
            called.open()
          })
        }, 1)
      }
    }
    await using server = new TCPServer(LOOPBACK, Handler)
    await server.listen()
    const loop = server.serveForever().then(() => {
      loopEnded = true
    })
    await exchange(server.serverAddress, '')
    await called.opened
    await loop
    expect(endedBefore).toBe(true)
  })
})

describe('serverClose()', () => {
  test('frees the port, is idempotent, and the server can listen again', async () => {
    const server = new TCPServer(LOOPBACK, UpperHandler)
    await server.listen()
    const { serverAddress } = server
    await server.serverClose()
    await server.serverClose()
    await expect(plainClient(serverAddress)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await using again = await serving(server)
    expect(again.server.serverAddress).toEqual(serverAddress)
    expect(await exchange(serverAddress, 'again\n')).toBe('AGAIN\n')
  })

  test('lets the request in progress finish', async () => {
    const begun = gate()
    const held = gate()
    class Handler extends BaseRequestHandler {
      override async handle() {
        begun.open()
        await held.opened
        await this.request.send('finished')
      }
    }
    const server = new TCPServer(LOOPBACK, Handler)
    await server.listen()
    const loop = server.serveForever()
    const reply = exchange(server.serverAddress, '')
    await begun.opened
    const closed = server.serverClose()
    held.open()
    expect(await reply).toBe('finished')
    await closed
    await loop
  })

  test('after its timeout aborts the signal and resets the connections in progress', async () => {
    const aborted = gate()
    class Handler extends BaseRequestHandler {
      override async handle() {
        this.signal.addEventListener('abort', () => {
          aborted.open()
        })
        await this.request.recv(1)
      }
    }
    const print = vi.spyOn(console, 'error').mockImplementation(() => {})
    const server = new TCPServer(LOOPBACK, Handler)
    const loop = server.serveForever()
    await server.listen()
    const client = await plainClient(server.serverAddress)
    const { localPort } = client
    const failed = once(client, 'error')
    await server.serverClose({ timeout: 20 })
    await aborted.opened
    expect((await failed)[0]).toMatchObject({ code: 'ECONNRESET' })
    await loop
    expect(print.mock.calls).toEqual([
      [`Request from 127.0.0.1:${localPort} was not finished when the server closed`],
    ])
  })

  test.each([
    ['TCPServer', TCPServer],
    ['AsyncTCPServer', AsyncTCPServer],
  ])('of %s resolves when the requests that its timeout has ended were reported', async (_name, Server) => {
    const begun = gate()
    const reported: unknown[] = []
    class Handler extends BaseRequestHandler {
      override async handle() {
        begun.open()
        await this.request.recv(1)
      }
    }
    await using running = await serving(new Server(LOOPBACK, Handler))
    const { server } = running
    server.handleError = async (_request, _address, error) => {
      await nextTimer(10)
      reported.push(error)
    }
    await using _client = await connect(server.serverAddress)
    await begun.opened
    await server.serverClose({ timeout: 20 })
    expect(reported).toMatchObject([{ code: 'ERR_SOCKET_CLOSED' }])
  })

  test('after its timeout does not wait for a handler that goes on without its connection', async () => {
    const begun = gate()
    const held = gate()
    class Handler extends BaseRequestHandler {
      override async handle() {
        begun.open()
        await held.opened
      }
    }
    await using running = await serving(new AsyncTCPServer(LOOPBACK, Handler))
    await using _client = await connect(running.server.serverAddress)
    await begun.opened
    await running.server.serverClose({ timeout: 20 })
    held.open()
  })

  test('resets the connections that were never begun', async () => {
    const server = new TCPServer(LOOPBACK, UpperHandler)
    await server.listen()
    const client = await plainClient(server.serverAddress)
    const failed = once(client, 'error')
    // The listener accepts in its own turn of the loop: a second client that is connected shows that the first was taken.
    const second = await plainClient(server.serverAddress)
    second.on('error', () => {})
    await server.serverClose()
    expect((await failed)[0]).toMatchObject({ code: 'ECONNRESET' })
  })

  test('called while listen() is under way leaves nothing open', async () => {
    const server = new TCPServer({ host: 'localhost', port: 0 }, UpperHandler)
    const listening = server.listen()
    await server.serverClose()
    await listening
    await expect(plainClient(server.serverAddress)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  test('awaited in a handler does not deadlock', async () => {
    class Handler extends BaseRequestHandler {
      override async handle() {
        await this.server.serverClose()
        await this.request.send('closed')
      }
    }
    const server = new TCPServer(LOOPBACK, Handler)
    const loop = server.serveForever()
    await server.listen()
    expect(await exchange(server.serverAddress, '')).toBe('closed')
    await loop
    await server.serverClose()
  })
})
