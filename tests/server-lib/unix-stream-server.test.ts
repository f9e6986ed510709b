import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { lstatSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  AsyncUnixStreamServer,
  BaseRequestHandler,
  connect,
  type StreamSocket,
  StreamRequestHandler,
  TCPServer,
  type UnixAddress,
  UnixDatagramServer,
  UnixStreamServer,
} from 'socketserver-ts'
import { exchange, gate, plainClient, receiveAll, serving, temporaryFolder, UpperHandler } from './support.ts'

class UnixHandler extends BaseRequestHandler<StreamSocket, UnixAddress> {}

/** What a test needs of the package, which is the library's dependency and not the tests'. */
interface Koffi {
  load: (path: null) => { func: (signature: string) => (...parameters: unknown[]) => number }
}

const LIBRARY = import.meta.resolve('socketserver-ts')
const isLinux = process.platform === 'linux'

/** A program that listens on a Unix socket and is killed, so that its file stays. */
async function leaveStaleFile(path: string): Promise<void> {
  const program = `require('net').createServer().listen(${JSON.stringify(path)}, () => console.log('listening'))`
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(lstatSync(path).isSocket()).toBe(true)
}

/** Runs a program that imports the library. */
function runModule(program: string, cwd: string): ChildProcess {
  const source = program.replace("'socketserver-ts'", JSON.stringify(LIBRARY))
  return spawn(process.execPath, ['--input-type=module', '-e', source], { cwd, stdio: 'inherit' })
}

test('UnixStreamServer derives from TCPServer, with the defaults of CPython', () => {
  const server = new UnixStreamServer('/tmp/never-bound', UnixHandler)
  expect(server).toBeInstanceOf(TCPServer)
  expect(server).toMatchObject({
    addressFamily: 'AF_UNIX',
    socketType: 'SOCK_STREAM',
    requestQueueSize: 5,
    serverAddress: '/tmp/never-bound',
  })
})

test.each([
  [9999, TypeError, 'Cannot bind to Unix address 9999: a path (string) is required'],
  ['', RangeError, "Cannot bind to Unix address '': a path of 1 to 107 bytes, not 0, is required"],
  [
    '/tmp/a\0b',
    RangeError,
    "Cannot bind to Unix address '/tmp/a\\x00b': a path without NUL bytes is required",
  ],
  ['/' + 'ö'.repeat(54), RangeError, 'a path of 1 to 107 bytes, not 109, is required'],
  ['\0' + 'x'.repeat(108), RangeError, 'a path of 1 to 108 bytes, not 109, is required'],
])('new UnixStreamServer(%j) throws at once', { skip: !isLinux }, (address, error, message) => {
  const construct = () => new UnixStreamServer(address as string, UnixHandler)
  expect(construct).toThrow(error)
  expect(construct).toThrow(message)
})

test('the longest path that fits is served', { skip: !isLinux }, async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'x'.repeat(107)).slice(0, 107)
  await using running = await serving(new UnixStreamServer(path, UpperHandler))
  expect(await exchange(path, 'long\n')).toBe('LONG\n')
  expect(running.server.serverAddress).toBe(path)
})

test('new UnixStreamServer() and connect() refuse on a platform without Unix sockets', async () => {
  const platform = process.platform
  Object.defineProperty(process, 'platform', { value: 'win32' })
  try {
    expect(() => new UnixStreamServer('/tmp/socket', UnixHandler)).toThrow(
      "Cannot bind to Unix address '/tmp/socket': a platform with Unix sockets is required",
    )
    await expect(connect('/tmp/socket')).rejects.toMatchObject({ code: 'ERR_UNSUPPORTED' })
  } finally {
    Object.defineProperty(process, 'platform', { value: platform })
  }
})

test("a client is served up to its half-close; its address is ''", async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'socket')
  const clients: UnixAddress[] = []
  class Handler extends StreamRequestHandler<UnixAddress> {
    override async handle() {
      clients.push(this.clientAddress)
      for await (const line of this.rfile) await this.wfile.write(line.toString().toUpperCase())
    }
  }
  await using running = await serving(new UnixStreamServer(path, Handler))
  expect(running.server.serverAddress).toBe(path)
  expect(await exchange(path, 'hello\nworld\n')).toBe('HELLO\nWORLD\n')
  expect(clients).toEqual([''])
})

test('connect() opens a stream to the path of a Unix socket', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'socket')
  await using running = await serving(new UnixStreamServer(path, UpperHandler))
  await using socket = await connect(running.server.serverAddress)
  await socket.send('hi\n')
  expect(String(await socket.recv(16))).toBe('HI\n')
})

test('connect() rejects a path where nobody listens, and at once what is no path', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'socket')
  await expect(connect(path)).rejects.toMatchObject({ code: 'ENOENT', syscall: 'connect' })
  await leaveStaleFile(path)
  await expect(connect(path)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  await expect(connect('')).rejects.toThrow(RangeError)
})

test('an 8 MB reply reaches a Unix client whole', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'socket')
  const size = 8 * 1024 * 1024
  class Handler extends BaseRequestHandler<StreamSocket, UnixAddress> {
    override async handle() {
      await this.request.sendAll(Buffer.alloc(size, 'x'))
    }
  }
  await using running = await serving(new UnixStreamServer(path, Handler))
  expect(await exchange(running.server.serverAddress, '')).toHaveLength(size)
})

test('serverClose() removes the file, and does nothing more when it is called again', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'socket')
  const server = new UnixStreamServer(path, UnixHandler)
  await server.listen()
  expect(lstatSync(path).isSocket()).toBe(true)
  await server.serverClose()
  expect(readdirSync(folder.path)).toEqual([])
  writeFileSync(path, "not the server's")
  await server.serverClose()
  expect(readFileSync(path, 'utf8')).toBe("not the server's")
})

test('a server can listen again after serverClose(), and close after somebody has removed its file', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'socket')
  const server = new UnixStreamServer(path, UpperHandler)
  await server.listen()
  rmSync(path)
  await server.serverClose()
  await using running = await serving(server)
  expect(await exchange(running.server.serverAddress, 'again\n')).toBe('AGAIN\n')
})

test('serverClose() leaves a file that another server has bound in the meantime', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'socket')
  const first = new UnixStreamServer(path, UpperHandler)
  await first.listen()
  rmSync(path)
  await using second = await serving(new UnixStreamServer(path, UpperHandler))
  await first.serverClose()
  expect(await exchange(second.server.serverAddress, 'second\n')).toBe('SECOND\n')
  expect(readdirSync(folder.path)).toEqual(['socket'])
})

test('serverClose() leaves a file of another kind that has taken the place of its own', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'socket')
  const server = new UnixStreamServer(path, UnixHandler)
  await server.listen()
  rmSync(path)
  writeFileSync(path, 'notes')
  await server.serverClose()
  expect(readFileSync(path, 'utf8')).toBe('notes')
  expect(readdirSync(folder.path)).toEqual(['socket'])
})

test('a file that was bound under a relative path is removed after the program has changed its directory', async () => {
  await using folder = await temporaryFolder()
  await using elsewhere = await temporaryFolder()
  writeFileSync(join(elsewhere.path, 'socket'), 'notes')
  const child = runModule(
    `import { BaseRequestHandler, UnixStreamServer } from 'socketserver-ts'
    const server = new UnixStreamServer('socket', BaseRequestHandler)
    await server.listen()
    process.chdir(${JSON.stringify(elsewhere.path)})
    await server.serverClose()`,
    folder.path,
  )
  expect(await once(child, 'exit')).toEqual([0, null])
  expect(readdirSync(folder.path)).toEqual([])
  expect(readFileSync(join(elsewhere.path, 'socket'), 'utf8')).toBe('notes')
})

test('listen() removes the file when serverActivate() fails', async () => {
  await using folder = await temporaryFolder()
  class Server extends UnixStreamServer {
    override serverActivate() {
      throw new Error('not today')
    }
  }
  const server = new Server(join(folder.path, 'socket'), UnixHandler)
  await expect(server.listen()).rejects.toThrow('not today')
  expect(readdirSync(folder.path)).toEqual([])
})

test('listen() takes over a file that a killed server has left', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'socket')
  await leaveStaleFile(path)
  await using running = await serving(new UnixStreamServer(path, UpperHandler))
  expect(await exchange(running.server.serverAddress, 'mine\n')).toBe('MINE\n')
  expect(readdirSync(folder.path)).toEqual(['socket'])
})

test('of many servers that find a stale file at once exactly one takes it over', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'socket')
  await leaveStaleFile(path)
  const servers = Array.from({ length: 16 }, () => new UnixStreamServer(path, UpperHandler))
  const outcomes = await Promise.allSettled(servers.map((server) => server.listen()))
  const winner = servers.find((_, index) => outcomes[index]?.status === 'fulfilled')
  const errors = outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
  )
  expect(errors).toHaveLength(15)
  for (const error of errors) expect(error).toMatchObject({ code: 'EADDRINUSE' })
  if (winner === undefined) throw new Error('no server listens')
  await using running = await serving(winner)
  expect(await exchange(running.server.serverAddress, 'won\n')).toBe('WON\n')
})

test('listen() on the path of a server that listens rejects with EADDRINUSE, and leaves it serving', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'socket')
  await using first = await serving(new UnixStreamServer(path, UpperHandler))
  const second = new UnixStreamServer(path, UpperHandler)
  await expect(second.listen()).rejects.toMatchObject({ code: 'EADDRINUSE', syscall: 'listen' })
  expect(await exchange(first.server.serverAddress, 'still\n')).toBe('STILL\n')
})

test.runIf(isLinux)(
  'listen() leaves the path to a server that has bound it and does not listen yet',
  async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'socket')
    const libc = (createRequire(LIBRARY)('koffi') as Koffi).load(null)
    const sockaddr = Buffer.from(`\x01\0${path}\0`)
    const fd = libc.func('int socket(int, int, int)')(1, 1, 0)
    expect(libc.func('int bind(int, void *, uint32_t)')(fd, sockaddr, sockaddr.length)).toBe(0)
    const outcome = new UnixStreamServer(path, UnixHandler).listen()
    // The server looks twice; however slow this machine is, a timer that is due earlier runs before its second look.
    const listening = setTimeout(() => libc.func('int listen(int, int)')(fd, 5), 5)
    await expect(outcome).rejects.toMatchObject({ code: 'EADDRINUSE' })
    clearTimeout(listening)
    expect(lstatSync(path).isSocket()).toBe(true)
    libc.func('int close(int)')(fd)
  },
)

test('listen() never takes the path of a datagram server that is open', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'socket')
  await using datagrams = new UnixDatagramServer(path, BaseRequestHandler)
  await datagrams.listen()
  const server = new UnixStreamServer(path, UnixHandler)
  await expect(server.listen()).rejects.toMatchObject({ code: 'EADDRINUSE' })
  expect(lstatSync(path).isSocket()).toBe(true)
})

test('listen() never removes what is no socket, nor a link to a stale one', async () => {
  await using folder = await temporaryFolder()
  const [file, stale, link] = ['file', 'stale', 'link'].map((name) => join(folder.path, name)) as [
    string,
    string,
    string,
  ]
  writeFileSync(file, 'notes')
  await leaveStaleFile(stale)
  symlinkSync(stale, link)
  for (const path of [file, link, folder.path]) {
    const server = new UnixStreamServer(path, UnixHandler)
    await expect(server.listen()).rejects.toMatchObject({ code: 'EADDRINUSE' })
  }
  expect(readFileSync(file, 'utf8')).toBe('notes')
  expect(readdirSync(folder.path).sort()).toEqual(['file', 'link', 'stale'])
})

test('listen() in a folder that does not exist rejects with the error of the system', async () => {
  const server = new UnixStreamServer('/no/such/folder/socket', UnixHandler)
  await expect(server.listen()).rejects.toMatchObject({ syscall: 'listen' })
})

// With all 108 bytes, because Node 20 fills shorter names up.
test.runIf(isLinux)(
  'an abstract name is served without a file, and is free when the server has closed',
  async () => {
    const name = `\0${process.pid}`.padEnd(108, 'x')
    for (let round = 0; round < 2; round++) {
      await using running = await serving(new UnixStreamServer(name, UpperHandler))
      expect(running.server.serverAddress).toBe(name)
      expect(await exchange(name, 'abstract\n')).toBe('ABSTRACT\n')
      await using socket = await connect(name)
      await socket.send('too\n')
      expect(String(await socket.recv(16))).toBe('TOO\n')
      const taken = new UnixStreamServer(name, UpperHandler)
      await expect(taken.listen()).rejects.toMatchObject({ code: 'EADDRINUSE' })
    }
  },
)

test('a client beyond maxPending is refused at once, and the others are served', async () => {
  await using folder = await temporaryFolder()
  const held = gate()
  class Handler extends BaseRequestHandler<StreamSocket, UnixAddress> {
    override async handle() {
      await held.opened
      await this.request.send('served')
    }
  }
  const server = new UnixStreamServer(join(folder.path, 'socket'), Handler)
  server.maxPending = 1
  await using running = await serving(server)
  const clients = await Promise.all(Array.from({ length: 4 }, () => plainClient(server.serverAddress)))
  const replies = Promise.all(clients.map((client) => receiveAll(client)))
  await expect.poll(() => running.server.refusedRequests).toBe(2)
  held.open()
  expect((await replies).sort()).toEqual(['', '', 'served', 'served'])
  for (const client of clients) client.destroy()
})

test('AsyncUnixStreamServer serves the next request while another one waits', async () => {
  await using folder = await temporaryFolder()
  await using running = await serving(new AsyncUnixStreamServer(join(folder.path, 'socket'), UpperHandler))
  await using slow = await connect(running.server.serverAddress)
  await slow.send('slow')
  expect(await exchange(running.server.serverAddress, 'quick\n')).toBe('QUICK\n')
  await slow.send('\n')
  expect(String(await slow.recv(16))).toBe('SLOW\n')
})

test.runIf(isLinux)('500 rounds of listening, serving and closing leave no descriptor', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'socket')
  const descriptors = () => readdirSync('/proc/self/fd').length
  const before = descriptors()
  for (let round = 0; round < 500; round++) {
    await using running = await serving(new UnixStreamServer(path, UpperHandler))
    await using socket = await connect(running.server.serverAddress)
    await socket.send('x\n')
    await socket.recv(16)
  }
  await expect.poll(descriptors).toBeLessThanOrEqual(before + 2)
})

test('what a plain server of Node has bound is not taken over either', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'socket')
  const plain = createServer().listen(path)
  await once(plain, 'listening')
  await expect(new UnixStreamServer(path, UnixHandler).listen()).rejects.toMatchObject({ code: 'EADDRINUSE' })
  plain.close()
})
