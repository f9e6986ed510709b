import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { connect, ForkingUnixDatagramServer, ForkingUnixStreamServer, openDatagram } from 'socketserver-ts'
import { PidHandler, UpperDatagramHandler } from './fixtures/forking-handlers.mjs'
import { childrenOf } from './process-support.ts'
import { temporaryFolder } from './support.ts'

test('a ForkingUnixStreamServer serves from children, which leave the socket file to the server', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'stream')
  const server = new ForkingUnixStreamServer(path, PidHandler)
  const loop = server.serveForever()
  await server.listen()
  for (let round = 0; round < 2; round++) {
    const client = await connect(path)
    await client.send('line\n')
    await client.shutdown('write')
    const [, pid, line] = /^(\d+) (.*)$/.exec(String(await client.recv(100)).trim()) ?? []
    expect(Number(pid)).not.toBe(process.pid)
    expect(line).toBe('line')
    await client.close()
    await server.collectChildren({ blocking: true })
    expect(existsSync(path)).toBe(true)
  }
  await server.serverClose()
  await loop
  expect([existsSync(path), childrenOf()]).toEqual([false, []])
})

test('a ForkingUnixDatagramServer replies from children', async () => {
  await using folder = await temporaryFolder()
  const server = new ForkingUnixDatagramServer(join(folder.path, 'server'), UpperDatagramHandler)
  const loop = server.serveForever()
  await server.listen()
  await using client = await openDatagram(join(folder.path, 'client'))
  await client.sendTo('text', server.serverAddress)
  const [reply, source] = await client.recvFrom()
  expect(reply.toString()).toMatch(/^\d+ TEXT$/)
  expect(parseInt(reply.toString())).not.toBe(process.pid)
  expect(source).toBe(server.serverAddress)
  await server.serverClose()
  await loop
  expect(childrenOf()).toEqual([])
})
