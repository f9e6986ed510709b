import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { connect, ForkingTCPServer } from 'socketserver-ts'
import { DyingHandler, EchoHandler, PidHandler } from './fixtures/forking-handlers.mjs'
import { BrokenHandler } from './fixtures/forking-broken.mjs'
import { TypeScriptHandler } from './fixtures/forking-typescript.ts'
import { childrenOf, isRunning } from './process-support.ts'
import { exchange, LOOPBACK, plainClient, receiveAll, serving } from './support.ts'

/** A server of one child that keeps what is reported to its handleError(). */
function reporting() {
  const errors: unknown[] = []
  const server = new ForkingTCPServer(LOOPBACK, DyingHandler)
  server.maxChildren = 1
  server.handleError = (_request, _clientAddress, error) => void errors.push(error)
  return { errors, server }
}

/** A client of a DyingHandler that waits for its child's death, and the child. */
async function doomed(server: ForkingTCPServer, how: string) {
  const client = await plainClient(server.serverAddress)
  client.on('error', () => {})
  client.write(`${how}\n`)
  const [reply] = (await once(client, 'data')) as [Buffer]
  return { client, closed: once(client, 'close'), pid: Number(String(reply)) }
}

function died(pid: number, how: string) {
  return {
    code: 'ERR_CHILD_DIED',
    message: `Child process ${pid} ${how} before it finished its work`,
  }
}

async function print(program: ChildProcess): Promise<string> {
  const chunks: Buffer[] = []
  program.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk))
  program.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk))
  await once(program, 'close')
  return Buffer.concat(chunks).toString()
}

describe('a child that', () => {
  test('is killed in the middle of a request is reported once and replaced, and its client sees the end', async () => {
    const { errors, server } = reporting()
    await using running = await serving(server)
    const { client, pid } = await doomed(running.server, 'hold')
    const ended = receiveAll(client)
    process.kill(pid, 'SIGKILL')
    await ended
    await expect.poll(() => errors).toMatchObject([died(pid, 'was killed by SIGKILL')])
    const next = await doomed(running.server, 'hold')
    expect(next.pid).not.toBe(pid)
    next.client.destroy()
    expect(errors).toHaveLength(1)
  })

  test('is ended by its handler with an exit code is reported, with 0 it is not', async () => {
    const { errors, server } = reporting()
    await using running = await serving(server)
    for (const how of ['leave\n', 'exit\n']) {
      expect(await exchange(running.server.serverAddress, how)).toBe('')
    }
    await expect.poll(() => errors).toMatchObject([{ code: 'ERR_CHILD_DIED' }])
    expect(String(errors[0])).toMatch(/^SocketServerError: Child process \d+ ended with exit code 3 before/)
  })

  test('dies of an uncaught error is reported and replaced', async () => {
    const { errors, server } = reporting()
    await using running = await serving(server)
    const { client, pid } = await doomed(running.server, 'uncaught')
    await receiveAll(client)
    await expect.poll(() => errors).toMatchObject([died(pid, 'ended with exit code 1')])
    const next = await doomed(running.server, 'hold')
    next.client.end()
  })

  test('is killed while it waits for a request is reported, and replaced before the next one', async () => {
    const server = new ForkingTCPServer(LOOPBACK, PidHandler)
    server.maxChildren = 1
    server.requestsPerChild = 100
    await using running = await serving(server)
    const reported = vi.spyOn(console, 'error').mockReturnValue()
    const pids: number[] = []
    for (let round = 0; round < 3; round++) {
      const pid = parseInt(await exchange(running.server.serverAddress, 'x\n'))
      await expect.poll(() => server.activeChildren?.size).toBe(0)
      process.kill(pid, 'SIGKILL')
      const message = `Child process ${pid} died while it waited for a request`
      await vi.waitFor(() => expect(reported).toHaveBeenLastCalledWith(message))
      pids.push(pid)
    }
    reported.mockRestore()
    expect(new Set(pids).size).toBe(3)
  })

  test('is killed while it starts is replaced for the request that waits for it', async () => {
    // A child that has to load TypeScript starts long enough to be killed meanwhile.
    const server = new ForkingTCPServer(LOOPBACK, TypeScriptHandler)
    server.maxChildren = 1
    let killed = 0
    server.verifyRequest = () => {
      killed = childrenOf()[0] as number
      return process.kill(killed, 'SIGKILL')
    }
    await using running = await serving(server)
    await expect.poll(() => childrenOf().length, { interval: 1 }).toBe(1)
    expect(await exchange(running.server.serverAddress, 'you\n')).toMatch(/^hello you from \d+$/)
    expect(killed).toBeGreaterThan(0)
  })

  test('does not end at SIGTERM is killed by serverClose() after its timeout', async () => {
    const { server } = reporting()
    const loop = server.serveForever()
    await server.listen()
    const { client } = await doomed(server, 'deaf')
    await server.serverClose({ timeout: 1 })
    await loop
    expect(childrenOf()).toEqual([])
    client.destroy()
  })
})

test('a handler that children cannot import is reported for each request, and not tried in between', async () => {
  const errors: unknown[] = []
  const server = new ForkingTCPServer(LOOPBACK, BrokenHandler)
  server.handleError = (_request, _clientAddress, error) => void errors.push(error)
  await server.listen()
  const loop = server.serveForever({ pollInterval: 1 })
  await expect.poll(() => childrenOf()).toEqual([])
  expect(await exchange(server.serverAddress, '')).toBe('')
  expect(errors).toMatchObject([{ message: 'broken in a child' }])
  await expect.poll(() => childrenOf()).toEqual([])
  await server.collectChildren()
  expect(childrenOf()).toEqual([])
  await server.serverClose()
  await loop
})

test('a server of children leaves no descriptor open', async () => {
  const open = () => readdirSync('/proc/self/fd').length
  const server = new ForkingTCPServer(LOOPBACK, PidHandler)
  const before = open()
  for (const requestsPerChild of [1, 100]) {
    server.requestsPerChild = requestsPerChild
    await using running = await serving(server)
    for (let round = 0; round < 5; round++) await exchange(running.server.serverAddress, 'x\n')
    await server.collectChildren({ blocking: true })
  }
  await expect.poll(open).toBe(before)
})

test('a server of children leaves other children of the program alone', async () => {
  const other = spawn('sleep', ['60'])
  const exited = once(other, 'exit')
  const server = new ForkingTCPServer(LOOPBACK, PidHandler)
  const loop = server.serveForever()
  await server.listen()
  for (let round = 0; round < 3; round++) await exchange(server.serverAddress, 'x\n')
  await server.collectChildren({ blocking: true })
  await server.serverClose({ timeout: 0 })
  await loop
  expect(isRunning(other.pid as number)).toBe(true)
  other.kill()
  expect(await exited).toEqual([null, 'SIGTERM'])
})

test('clients that go at every stage of a request leave a server that serves', async () => {
  const server = new ForkingTCPServer(LOOPBACK, EchoHandler)
  server.requestQueueSize = 128
  server.requestsPerChild = 50
  server.maxChildren = 3
  server.handleError = () => {}
  await using running = await serving(server)
  const address = running.server.serverAddress
  const rounds = Array.from({ length: 60 }, async (_, index) => {
    const client = await plainClient(address)
    client.on('error', () => {})
    if (index % 4 > 0) client.write('x'.repeat(index % 4 === 3 ? 500_000 : 10))
    if (index % 4 > 1) await Promise.race([once(client, 'data'), once(client, 'close')])
    client.resetAndDestroy()
  })
  await Promise.all(rounds)
  expect(await exchange(address, 'still')).toBe('still')
})

describe('a program that serves with children', () => {
  const PROGRAM = fileURLToPath(new URL('./fixtures/forking-program.mjs', import.meta.url))

  async function started(...args: string[]) {
    const program = spawn(process.execPath, [PROGRAM, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    onTestFinished(() => void program.kill('SIGKILL'))
    const [line] = (await once(program.stdout, 'data')) as [Buffer]
    return { program, port: Number(String(line)), pid: program.pid as number }
  }

  test('takes them along when it is killed', async () => {
    const { program, port, pid } = await started()
    const client = await connect({ host: '127.0.0.1', port })
    await client.send('hold\n')
    const serving = parseInt(String(await client.recv(100)))
    await expect.poll(() => childrenOf(pid).length).toBeGreaterThan(1)
    const children = childrenOf(pid)
    expect(children).toContain(serving)
    program.kill('SIGKILL')
    await expect.poll(() => children.filter(isRunning), { timeout: 5000 }).toEqual([])
    await client.close()
  })

  test('shows what they print and what their handlers throw', async () => {
    const { program, port } = await started()
    const printed = print(program)
    await exchange({ host: '127.0.0.1', port }, 'throw\n')
    program.kill('SIGTERM')
    const text = await printed
    expect(text).toMatch(/^child \d+ prints$/m)
    expect(text).toMatch(
      /-{40}\nException occurred during processing of request from 127.0.0.1:\d+\nError: boom/,
    )
    expect(text).not.toMatch(`child ${program.pid} prints`)
  })

  test('lets them finish their requests when it is stopped with Ctrl-C', async () => {
    const { program, port, pid } = await started()
    const client = await connect({ host: '127.0.0.1', port })
    await client.send('hold\n')
    await client.recv(100)
    process.kill(-pid, 'SIGINT')
    await expect
      .poll(() => connect({ host: '127.0.0.1', port }).then((late) => late.close(), String))
      .toMatch(/ECONNREFUSED/)
    await client.send('last\n')
    expect(String(await client.recv(100))).toMatch(/^\d+\n$/)
    const exited = once(program, 'exit')
    await client.close()
    expect(await exited).toEqual([0, null])
  })

  test('ends of itself after serverClose(), with the code of the main script', async () => {
    const { program, port } = await started('once')
    await exchange({ host: '127.0.0.1', port }, 'x\n')
    expect(await once(program, 'exit')).toEqual([0, null])
  })

  test('may be a text on the command line, with a debugger', async () => {
    const url = new URL('./fixtures/forking-handlers.mjs', import.meta.url).href
    const text = `
      import { connect, ForkingTCPServer } from 'socketserver-ts'
      import { PidHandler } from '${url}'
      const server = new ForkingTCPServer({ host: '127.0.0.1', port: 0 }, PidHandler)
      await server.listen()
      const loop = server.serveForever()
      const client = await connect(server.serverAddress)
      await client.send('x\\n')
      console.log(String(await client.recv(100)).replace(/\\d+/, 'child'))
      await client.close()
      await server.serverClose()
      await loop`
    const flags = ['--inspect=0', '--input-type=module', '-e', text]
    const program = spawn(process.execPath, flags, { cwd: fileURLToPath(new URL('.', import.meta.url)) })
    const printed = await print(program)
    expect(printed).toContain('child x')
    expect(printed.match(/Debugger listening/g)).toHaveLength(1)
  })
})
