import { once } from 'node:events'
import { lstatSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { openDatagram, UnixDatagramServer } from 'socketserver-ts'
import { gate, serving } from './support.ts'
import { ask, paths, sleepyReceiver, UpperHandler } from './unix-datagram-support.ts'

const isLinux = process.platform === 'linux'

afterEach(() => {
  vi.restoreAllMocks()
})

test('serverClose() lets the request in progress reply, and removes the file', async () => {
  await using folder = await paths()
  const begun = gate()
  const held = gate()
  class Handler extends UpperHandler {
    override async handle() {
      begun.open()
      await held.opened
      await super.handle()
    }
  }
  const server = new UnixDatagramServer(folder.server, Handler)
  const loop = server.serveForever()
  await server.listen()
  await using client = await openDatagram(folder.client)
  const reply = ask(client, 'last', server.serverAddress)
  await begun.opened
  const closed = server.serverClose()
  held.open()
  expect(await reply).toBe('LAST')
  await Promise.all([closed, loop])
  expect(readdirSync(folder.path)).toEqual(['client'])
})

test('serverClose() leaves a file that another server has bound in the meantime', async () => {
  await using folder = await paths()
  const first = new UnixDatagramServer(folder.server, UpperHandler)
  await first.listen()
  rmSync(folder.server)
  await using second = await serving(new UnixDatagramServer(folder.server, UpperHandler))
  await first.serverClose()
  await using client = await openDatagram(folder.client)
  expect(await ask(client, 'second', second.server.serverAddress)).toBe('SECOND')
})

test('listen() takes over a file that a killed program has left', async () => {
  await using folder = await paths()
  const receiver = await sleepyReceiver(folder.server)
  receiver.kill('SIGKILL')
  await once(receiver, 'exit')
  expect(lstatSync(folder.server).isSocket()).toBe(true)
  await using running = await serving(new UnixDatagramServer(folder.server, UpperHandler))
  await using client = await openDatagram(folder.client)
  expect(await ask(client, 'mine', running.server.serverAddress)).toBe('MINE')
})

test('listen() rejects a path that is in use or is no socket, and leaves it as it is', async () => {
  await using folder = await paths()
  await using first = await serving(new UnixDatagramServer(folder.server, UpperHandler))
  const notes = join(folder.path, 'notes')
  writeFileSync(notes, 'notes')
  for (const path of [folder.server, notes]) {
    const server = new UnixDatagramServer(path, UpperHandler)
    await expect(server.listen()).rejects.toMatchObject({
      code: 'EADDRINUSE',
      syscall: 'bind',
      address: path,
    })
  }
  expect(readFileSync(notes, 'utf8')).toBe('notes')
  await using client = await openDatagram(folder.client)
  expect(await ask(client, 'still', first.server.serverAddress)).toBe('STILL')
  const nowhere = new UnixDatagramServer(join(folder.path, 'no', 'folder'), UpperHandler)
  await expect(nowhere.listen()).rejects.toMatchObject({ code: 'ENOENT' })
})

test('listen() removes the file when serverActivate() fails', async () => {
  await using folder = await paths()
  class Server extends UnixDatagramServer {
    override serverActivate() {
      throw new Error('not today')
    }
  }
  await expect(new Server(folder.server, UpperHandler).listen()).rejects.toThrow('not today')
  expect(readdirSync(folder.path)).toEqual([])
})

test.runIf(isLinux)('500 rounds of listening, serving and closing leave no descriptor', async () => {
  await using folder = await paths()
  const descriptors = () => readdirSync('/proc/self/fd').length
  const before = descriptors()
  for (let round = 0; round < 500; round++) {
    await using running = await serving(new UnixDatagramServer(folder.server, UpperHandler))
    await using client = await openDatagram(folder.client)
    expect(await ask(client, 'x', running.server.serverAddress)).toBe('X')
  }
  expect(descriptors()).toBeLessThanOrEqual(before + 2)
})

test.runIf(isLinux)('1,024 failed binds leave no descriptor', async () => {
  await using folder = await paths()
  await using taken = new UnixDatagramServer(folder.server, UpperHandler)
  await taken.listen()
  const descriptors = () => readdirSync('/proc/self/fd').length
  const before = descriptors()
  for (let attempt = 0; attempt < 1024; attempt++) {
    await expect(openDatagram('/no/such/folder/socket')).rejects.toMatchObject({ code: 'ENOENT' })
  }
  await expect(openDatagram(folder.server)).rejects.toMatchObject({ code: 'EADDRINUSE' })
  expect(descriptors()).toBeLessThanOrEqual(before + 2)
})
