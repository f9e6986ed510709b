import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  BaseRequestHandler,
  connect,
  type DatagramRequest,
  DatagramRequestHandler,
  openDatagram,
  StreamRequestHandler,
  type UnixAddress,
  UnixDatagramServer,
  UnixStreamServer,
} from 'socketserver-ts'
import { serving, temporaryFolder, UpperHandler } from '../server-lib/support.ts'
import { describeWith, outputOf, pythonOutput } from './tools.ts'

const SOCAT_WAIT_S = '1'

class UpperDatagramHandler extends DatagramRequestHandler<UnixAddress> {
  override async handle() {
    await this.wfile.write(String(await this.rfile.read()).toUpperCase())
  }
}

/** Keeps what it receives, and replies nothing. */
function collector() {
  const received: [text: string, source: UnixAddress][] = []
  class Collector extends BaseRequestHandler<DatagramRequest<UnixAddress>, UnixAddress> {
    override handle() {
      received.push([String(this.request[0]), this.clientAddress])
    }
  }
  return { received, Collector }
}

/** A folder with the paths of a server and of a client. */
async function paths() {
  const folder = await temporaryFolder()
  return Object.assign(folder, { server: join(folder.path, 'server'), client: join(folder.path, 'client') })
}

/** Python's own server of Unix sockets, until the end of the test's scope. */
async function pythonServer(kind: 'stream' | 'datagram', path: string): Promise<AsyncDisposable> {
  const program = join(import.meta.dirname, 'python/unix_server.py')
  const child = spawn('python3', [program, kind, path], { stdio: ['pipe', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  return {
    [Symbol.asyncDispose]: async () => {
      child.stdin.end()
      await once(child, 'exit')
    },
  }
}

describeWith('python3', 'Unix sockets and python3', () => {
  test('UnixStreamServer replies to a client in Python', async () => {
    await using folder = await paths()
    await using _ = await serving(new UnixStreamServer(folder.server, UpperHandler))
    expect(await pythonOutput('unix_client.py', 'stream', folder.server, 'hello', 'world')).toBe(
      `HELLO WORLD from ${folder.server}\n`,
    )
  })

  test('UnixDatagramServer replies to a client in Python', async () => {
    await using folder = await paths()
    await using _ = await serving(new UnixDatagramServer(folder.server, UpperDatagramHandler))
    expect(await pythonOutput('unix_client.py', 'datagram', folder.server, folder.client, 'hello')).toBe(
      `HELLO from ${folder.server}\n`,
    )
  })

  test.runIf(process.platform === 'linux')('abstract names of datagrams are the same in Python', async () => {
    const name = `socketserver-${process.pid}`
    await using _ = await serving(new UnixDatagramServer(`\0${name}`, UpperDatagramHandler))
    expect(await pythonOutput('unix_client.py', 'datagram', `@${name}`, `@${name}-client`, 'hello')).toBe(
      `HELLO from @${name}\n`,
    )
  })

  test("connect() talks to Python's UnixStreamServer", async () => {
    await using folder = await paths()
    await using _ = await pythonServer('stream', folder.server)
    await using socket = await connect(folder.server)
    await socket.send('one\ntwo\n')
    await socket.shutdown('write')
    expect(String(await socket.makefile('r').read())).toBe('ONE\nTWO\n')
  })

  test("openDatagram() talks to Python's UnixDatagramServer, 100,000 bytes too", async () => {
    await using folder = await paths()
    await using _ = await pythonServer('datagram', folder.server)
    await using socket = await openDatagram(folder.client)
    for (const size of [0, 5, 100_000]) {
      await socket.sendTo('x'.repeat(size), folder.server)
      expect(await socket.recvFrom()).toEqual([Buffer.alloc(size, 'X'), folder.server])
    }
  })
})

describeWith('socat', 'Unix sockets and socat', () => {
  test('UnixStreamServer replies to UNIX-CONNECT', async () => {
    await using folder = await paths()
    await using _ = await serving(new UnixStreamServer(folder.server, UpperHandler))
    const args = ['-t', SOCAT_WAIT_S, '-', `UNIX-CONNECT:${folder.server}`]
    expect(await outputOf('socat', args, 'through socat\n')).toBe('THROUGH SOCAT\n')
  })

  test('UnixDatagramServer replies to UNIX-SENDTO that is bound', async () => {
    await using folder = await paths()
    await using _ = await serving(new UnixDatagramServer(folder.server, UpperDatagramHandler))
    const args = ['-t', SOCAT_WAIT_S, '-', `UNIX-SENDTO:${folder.server},bind=${folder.client}`]
    expect(await outputOf('socat', args, 'through socat')).toBe('THROUGH SOCAT')
  })
})

describeWith('curl', 'Unix sockets and curl', () => {
  test('curl --unix-socket gets a page from a UnixStreamServer', async () => {
    class PageHandler extends StreamRequestHandler<UnixAddress> {
      override async handle() {
        const [, path] = String(await this.rfile.readline()).split(' ')
        while (String(await this.rfile.readline()).trim() !== '');
        const body = `You asked for ${path}`
        await this.wfile.write(
          `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
        )
      }
    }
    await using folder = await paths()
    await using _ = await serving(new UnixStreamServer(folder.server, PageHandler))
    const args = ['--silent', '--show-error', '--unix-socket', folder.server, 'http://localhost/page']
    expect(await outputOf('curl', args)).toBe('You asked for /page')
  })
})

describeWith('logger', 'Unix sockets and logger', () => {
  test('logger --udp --socket writes to a UnixDatagramServer, from no address', async () => {
    await using folder = await paths()
    const { received, Collector } = collector()
    await using _ = await serving(new UnixDatagramServer(folder.server, Collector))
    await outputOf('logger', ['--udp', '--socket', folder.server, '--tag', 'test', 'a line for the log'])
    await expect.poll(() => received).toHaveLength(1)
    const [[text, source] = ['', 'none']] = received
    // RFC 3164: the priority of user.notice, the time, the tag and the message.
    expect(text).toMatch(/^<13>.* test: a line for the log$/)
    expect(source).toBe('')
  })
})
