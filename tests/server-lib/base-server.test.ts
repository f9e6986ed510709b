import { afterEach, describe, expect, test, vi } from 'vitest'
import { BaseRequestHandler, SystemExit, TCPServer } from 'socketserver-ts'
import { exchange, gate, LOOPBACK, plainClient, receiveAll, serving, UpperHandler } from './support.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

/** Names every overridable step as it is called. */
function traced(handle: () => void | Promise<void>, verify: () => boolean | Promise<boolean> = () => true) {
  const calls: string[] = []
  class Handler extends BaseRequestHandler {
    override setup() {
      calls.push('setup')
    }
    override handle() {
      calls.push('handle')
      return handle()
    }
    override finish() {
      calls.push('finish')
    }
  }
  class Server extends TCPServer {
    override async serverBind() {
      calls.push('serverBind')
      await super.serverBind()
    }
    override serverActivate() {
      calls.push('serverActivate')
    }
    override getRequest() {
      calls.push('getRequest')
      return super.getRequest()
    }
    override verifyRequest() {
      calls.push('verifyRequest')
      return verify()
    }
    override processRequest(...request: Parameters<TCPServer['processRequest']>) {
      calls.push('processRequest')
      return super.processRequest(...request)
    }
    override finishRequest(...request: Parameters<TCPServer['finishRequest']>) {
      calls.push('finishRequest')
      return super.finishRequest(...request)
    }
    override handleError(...[, , error]: Parameters<TCPServer['handleError']>) {
      calls.push(`handleError ${String(error)}`)
    }
    override shutdownRequest(request: Parameters<TCPServer['shutdownRequest']>[0]) {
      calls.push('shutdownRequest')
      return super.shutdownRequest(request)
    }
    override closeRequest(request: Parameters<TCPServer['closeRequest']>[0]) {
      calls.push('closeRequest')
      return super.closeRequest(request)
    }
    override serviceActions() {
      calls.push('serviceActions')
    }
    override handleTimeout() {
      calls.push('handleTimeout')
    }
    override async serverClose(...options: Parameters<TCPServer['serverClose']>) {
      calls.push('serverClose')
      await super.serverClose(...options)
    }
  }
  return { calls, server: new Server(LOOPBACK, Handler) }
}

describe('the order of calls', () => {
  const accepted = ['getRequest', 'verifyRequest', 'processRequest', 'finishRequest']

  async function serveOne(server: TCPServer) {
    await server.listen()
    const served = server.handleRequest()
    const reply = await exchange(server.serverAddress, 'hello\n').catch((error: unknown) => error)
    await served
    await server.serverClose()
    return reply
  }

  test('of a request that succeeds is that of CPython', async () => {
    const { calls, server } = traced(() => {})
    await serveOne(server)
    expect(calls).toEqual([
      'serverBind',
      'serverActivate',
      ...accepted,
      'setup',
      'handle',
      'finish',
      'shutdownRequest',
      'closeRequest',
      'serverClose',
    ])
  })

  test('of a handler that throws ends with handleError, shutdownRequest, closeRequest', async () => {
    const { calls, server } = traced(() => {
      throw new Error('boom')
    })
    await serveOne(server)
    expect(calls.slice(2)).toEqual([
      ...accepted,
      'setup',
      'handle',
      'finish',
      'handleError Error: boom',
      'shutdownRequest',
      'closeRequest',
      'serverClose',
    ])
  })

  test('of a refused request shuts it down exactly once', async () => {
    const { calls, server } = traced(
      () => {},
      () => false,
    )
    await serveOne(server)
    expect(calls.slice(2)).toEqual([
      'getRequest',
      'verifyRequest',
      'shutdownRequest',
      'closeRequest',
      'serverClose',
    ])
  })

  test('of a verifyRequest that throws reports the error and shuts the request down', async () => {
    const { calls, server } = traced(
      () => {},
      () => {
        throw new Error('no')
      },
    )
    await serveOne(server)
    expect(calls.slice(2)).toEqual([
      'getRequest',
      'verifyRequest',
      'handleError Error: no',
      'shutdownRequest',
      'closeRequest',
      'serverClose',
    ])
  })

  test('of handleRequest never includes serviceActions, of serveForever it follows each request', async () => {
    const { calls, server } = traced(() => {})
    await serveOne(server)
    expect(calls).not.toContain('serviceActions')

    calls.length = 0
    await server.listen()
    const loop = server.serveForever({ pollInterval: 60_000 })
    await exchange(server.serverAddress, '')
    await expect.poll(() => calls).toContain('serviceActions')
    expect(calls.indexOf('serviceActions')).toBe(calls.indexOf('closeRequest') + 1)
    await server.shutdown()
    await loop
    await server.serverClose()
  })
})

describe('listen()', () => {
  test('sets serverAddress to the address that is bound', async () => {
    await using server = new TCPServer({ host: 'localhost', port: 0 }, UpperHandler)
    await server.listen()
    expect(server.serverAddress.host).toBe('127.0.0.1')
    expect(server.serverAddress.port).toBeGreaterThan(0)
  })

  test('calls serverClose and throws the system error when the port is taken', async () => {
    await using first = new TCPServer(LOOPBACK, UpperHandler)
    await first.listen()
    const { calls, server } = traced(() => {})
    server.serverAddress = first.serverAddress
    await expect(server.listen()).rejects.toMatchObject({ code: 'EADDRINUSE', syscall: 'listen' })
    expect(calls).toEqual(['serverBind', 'serverClose'])
  })

  test('releases the port when serverActivate throws', async () => {
    class Failing extends TCPServer {
      override serverActivate() {
        throw new Error('not today')
      }
    }
    const failing = new Failing(LOOPBACK, UpperHandler)
    await expect(failing.listen()).rejects.toThrow('not today')
    await using next = new TCPServer(failing.serverAddress, UpperHandler)
    await next.listen()
    expect(next.serverAddress).toEqual(failing.serverAddress)
  })

  test('can be tried again after it has failed, and serveForever rejects with the same error', async () => {
    const first = new TCPServer(LOOPBACK, UpperHandler)
    await first.listen()
    await using second = new TCPServer(first.serverAddress, UpperHandler)
    await expect(second.serveForever()).rejects.toMatchObject({ code: 'EADDRINUSE' })
    await first.serverClose()
    await second.listen()
    expect(second.serverAddress).toEqual(first.serverAddress)
  })
})

describe('serveForever()', () => {
  test('serves one request at a time, in the order of arrival', async () => {
    const first = gate()
    const seen: string[] = []
    class Handler extends BaseRequestHandler {
      override async handle() {
        const name = (await this.request.recv(16)).toString()
        seen.push(`${name} begins`)
        if (name === 'first') await first.opened
        await this.request.send(name)
        seen.push(`${name} ends`)
      }
    }
    await using running = await serving(new TCPServer(LOOPBACK, Handler))
    const { serverAddress } = running.server
    const replies = [exchange(serverAddress, 'first')]
    await expect.poll(() => seen).toEqual(['first begins'])
    const second = await plainClient(serverAddress)
    second.end('second')
    replies.push(receiveAll(second))
    expect(seen).toEqual(['first begins'])
    first.open()
    expect(await Promise.all(replies)).toEqual(['first', 'second'])
    expect(seen).toEqual(['first begins', 'first ends', 'second begins', 'second ends'])
  })

  test('goes on after a handler, verifyRequest, handleError and shutdownRequest have thrown', async () => {
    const errors = vi.spyOn(console, 'error').mockImplementation(() => {})
    class Server extends TCPServer {
      fail = 3
      override verifyRequest() {
        if (this.fail-- > 0) throw new Error('verify')
        return true
      }
      override handleError() {
        throw new Error('report')
      }
      override async shutdownRequest(request: Parameters<TCPServer['shutdownRequest']>[0]) {
        await super.shutdownRequest(request)
        throw new Error('shutdown')
      }
    }
    await using running = await serving(new Server(LOOPBACK, UpperHandler))
    for (let attempt = 0; attempt < 3; attempt++) {
      // Whether the client sees an end or a reset is not what counts here.
      await exchange(running.server.serverAddress, '').catch(() => {})
    }
    expect(await exchange(running.server.serverAddress, 'still here\n')).toBe('STILL HERE\n')
    expect(errors).toHaveBeenCalled()
  })

  test('reads the handler class anew for each request', async () => {
    await using running = await serving(new TCPServer(LOOPBACK, UpperHandler))
    class Other extends BaseRequestHandler {
      override async handle() {
        await this.request.send('other')
      }
    }
    expect(await exchange(running.server.serverAddress, 'a\n')).toBe('A\n')
    running.server.RequestHandlerClass = Other
    expect(await exchange(running.server.serverAddress, 'a\n')).toBe('other')
  })

  test('calls an overridden serviceActions every pollInterval', async () => {
    class Server extends TCPServer {
      actions = 0
      override serviceActions() {
        this.actions++
      }
    }
    await using running = await serving(new Server(LOOPBACK, UpperHandler))
    await running.server.shutdown()
    const before = running.server.actions
    void running.server.serveForever({ pollInterval: 5 })
    await expect.poll(() => running.server.actions).toBeGreaterThan(before + 2)
  })

  test('is refused while the server is serving', async () => {
    await using running = await serving(new TCPServer(LOOPBACK, UpperHandler))
    await expect(running.server.serveForever()).rejects.toMatchObject({ code: 'ERR_ALREADY_SERVING' })
    await expect(running.server.handleRequest()).rejects.toMatchObject({ code: 'ERR_ALREADY_SERVING' })
  })

  test('rejects with the SystemExit of a handler after it has shut the request down', async () => {
    const errors = vi.spyOn(console, 'error').mockImplementation(() => {})
    class Handler extends BaseRequestHandler {
      override handle() {
        throw new SystemExit(3)
      }
    }
    await using server = new TCPServer(LOOPBACK, Handler)
    await server.listen()
    const loop = server.serveForever()
    const client = exchange(server.serverAddress, '').catch(() => '')
    await expect(loop).rejects.toMatchObject({ name: 'SystemExit', code: 3 })
    expect(await client).toBe('')
    expect(errors).not.toHaveBeenCalled()
  })
})

describe('handleRequest()', () => {
  test('serves exactly one of two clients', async () => {
    await using server = new TCPServer(LOOPBACK, UpperHandler)
    await server.listen()
    const replies = [exchange(server.serverAddress, 'one\n'), exchange(server.serverAddress, 'two\n')]
    await server.handleRequest()
    expect(await Promise.race(replies)).toMatch(/ONE|TWO/)
    const settled = vi.fn()
    void Promise.all(replies).then(settled)
    expect(settled).not.toHaveBeenCalled()
    await server.handleRequest()
    expect((await Promise.all(replies)).sort()).toEqual(['ONE\n', 'TWO\n'])
  })

  test('calls handleTimeout when nothing arrives within timeout', async () => {
    const { calls, server } = traced(() => {})
    server.timeout = 5
    await server.handleRequest()
    expect(calls).toContain('handleTimeout')
    expect(calls).not.toContain('getRequest')
    await server.serverClose()
  })
})
