import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { Page } from './page.ts'
import { openServer, until } from './support.ts'

test('a program echoes its input until the input ends', async () => {
  const page = await Page.open(await openServer())
  const { run } = await page.start(`
    for await (const chunk of process.stdin) process.stdout.write(chunk.toString().toUpperCase())
    console.log('end of input')`)
  page.send({ type: 'input', run, data: 'héllo\n' })
  await page.printed('HÉLLO\n')
  page.send({ type: 'end-input', run })
  expect(await page.message('exited', run)).toMatchObject({ code: 0, signal: null, stopped: false })
  expect(page.output()).toBe('HÉLLO\nend of input\n')
})

test('input sent right behind its start reaches the program', async () => {
  const page = await Page.open(await openServer())
  const run = page.request('process.stdin.once("data", (data) => { console.log(`${data}`); process.exit() })')
  page.send({ type: 'input', run, data: 'early' })
  await page.printed('early\n')
})

test('input that a program does not read is refused when it fills the server', async () => {
  const page = await Page.open(await openServer())
  const { run } = await page.start('setInterval(() => {}, 1000)')
  for (let sent = 0; sent < 16; sent += 1) page.send({ type: 'input', run, data: 'x'.repeat(200_000) })
  expect(await page.message('refused', run)).toMatchObject({ code: 'too-large' })
})

test('input and its end for a program that has closed its input are no fault', async () => {
  const page = await Page.open(await openServer())
  const { run } = await page.start(`
    import { closeSync } from 'node:fs'
    closeSync(0)
    process.once('SIGTERM', () => process.exit(3))
    setInterval(() => {}, 1000)
    console.log('closed')`)
  await page.printed('closed')
  for (let sent = 0; sent < 3; sent += 1) page.send({ type: 'input', run, data: 'x' })
  page.send({ type: 'end-input', run })
  page.send({ type: 'input', run, data: 'x' })
  page.send({ type: 'stop', run })
  expect(await page.message('exited', run)).toMatchObject({ code: 3 })
})

test('a program gets its arguments and an environment of its own', async () => {
  const page = await Page.open(await openServer())
  const source = 'console.log(JSON.stringify([process.argv.slice(2), Object.keys(process.env).sort()]))'
  await page.execute(source, { arguments: ['hello world', '', '$HOME', '--inspect'] })
  expect(JSON.parse(page.output())).toEqual([
    ['hello world', '', '$HOME', '--inspect'],
    ['LANG', 'PATH', 'PLAYGROUND_RUN', 'TERM'],
  ])
})

test('a program is the main module in its own eyes', async () => {
  const page = await Page.open(await openServer())
  await page.execute(`
    import { pathToFileURL } from 'node:url'
    console.log(import.meta.url === pathToFileURL(process.argv[1] ?? '').href, process.argv.length)`)
  expect(page.output()).toBe('true 2\n')
})

test('standard output and errors are told apart', async () => {
  const page = await Page.open(await openServer())
  await page.execute('console.log("out"); console.error("err")')
  expect(page.output('stdout')).toBe('out\n')
  expect(page.output('stderr')).toBe('err\n')
})

test('all output arrives before the end of its run does', async () => {
  const page = await Page.open(await openServer())
  await page.execute('process.stdout.write("x".repeat(3_000_000) + "last")')
  expect(page.output()).toHaveLength(3_000_004)
  expect(page.output().endsWith('last')).toBe(true)
})

test('a syntax error is one line with line and column, and nothing is started', async () => {
  const page = await Page.open(await openServer())
  const run = page.request('const a: string = "é"\nlet é = 1; é = "é" x', { name: 'tcp-server.ts' })
  expect(await page.message('start-failed', run)).toEqual({
    type: 'start-failed',
    run,
    message: 'tcp-server.ts:2:20: Expected ";" but found "x"',
  })
  await page.execute('console.log("next")')
  expect(page.messages.map(({ type }) => type)).toEqual(['start-failed', 'started', 'exited'])
})

test.each([
  { name: 'nested too deeply', source: '{'.repeat(250_000) },
  { name: 'of arrows that can be read in too many ways', source: `${'a?(b):c=>'.repeat(40)}d` },
])('a program $name is refused in words, and holds up nobody', { timeout: 20_000 }, async ({ source }) => {
  const server = await openServer()
  const [page, other] = [await Page.open(server), await Page.open(server)]
  const run = page.request(source)
  expect(await other.execute('')).toMatchObject({ code: 0 })
  await until(() => page.messages.length > 0, 10_000)
  expect(await page.message('start-failed', run)).toMatchObject({
    message: 'program.ts: too complex: what is transpiled in 5 s and 192 MB is required',
  })
  for (const either of [page, other]) expect(await either.execute('')).toMatchObject({ code: 0 })
})

test('a program that cannot be started is said to be so, and the session lives', async () => {
  const page = await Page.open(await openServer())
  const run = page.request('', { arguments: ['x'.repeat(200_000)] })
  expect(await page.message('start-failed', run)).toMatchObject({
    message: 'Cannot start "program.ts": spawn E2BIG',
  })
  expect(await page.execute('')).toMatchObject({ code: 0 })
})

test('an uncaught error prints its trace with the line of the TypeScript file', async () => {
  const page = await Page.open(await openServer())
  const source = 'interface A {\n  a: string\n}\nexport type B = A\n\nthrow new Error("thrown on line 6")'
  expect(await page.execute(source, { name: 'my-server.ts' })).toMatchObject({ code: 1 })
  expect(page.output('stderr')).toMatch(/my-server\.ts:6\n/)
  expect(page.output('stderr')).toMatch(/Error: thrown on line 6\n +at .*my-server\.ts:6:7/)
})

test("a stack shows the reader's frames in lines of the TypeScript, without those of the library and of Node", async () => {
  const page = await Page.open(await openServer())
  const source = `
    import { once } from 'node:events'
    import { BaseRequestHandler, connect, TCPServer } from 'socketserver-ts'
    class Handler extends BaseRequestHandler {
      override async handle(): Promise<void> {
        await this.request.recv(1)
        answer()
      }
    }
    function answer(): never {
      throw new Error('not today')
    }
    const server = new TCPServer({ host: '127.0.0.1', port: 0 }, Handler)
    await server.listen()
    const served = server.handleRequest()
    const socket = await connect(server.serverAddress)
    await socket.send('x')
    await served
    await Promise.all([socket.close(), server.serverClose()])
    `
  expect(await page.execute(source, { name: 'my-server.ts' })).toMatchObject({ code: 0 })
  expect(page.output('stderr')).toMatch(
    /Error: not today\n {4}at answer \(my-server\.ts:11:\d+\)\n {4}at Handler\.handle \(my-server\.ts:7:\d+\)\n( {4}at my-server\.ts:18:\d+\n)?-----/,
  )
})

test('an error in which no frame is the reader keeps all of its frames', async () => {
  const page = await Page.open(await openServer())
  const source = `process.nextTick(JSON.parse, '{')`
  await page.execute(source, { name: 'my-server.ts' })
  expect(page.output('stderr')).toMatch(/SyntaxError: .*\n +at /)
})

test('a port in use is one plain line', async () => {
  const page = await Page.open(await openServer())
  const port = await listenOnFreePort()
  const source = `import { createServer } from 'node:net'\ncreateServer().listen(${port}, '127.0.0.1')`
  expect(await page.execute(source)).toMatchObject({ code: 1 })
  expect(page.output()).toBe(
    `Port ${port} is already in use: stop the program that uses it, or change the port\n`,
  )
})

test('a UDP port in use is one plain line', async () => {
  const page = await Page.open(await openServer())
  await page.execute(`
    import { createSocket } from 'node:dgram'
    import { once } from 'node:events'
    const first = createSocket('udp4').bind(0, '127.0.0.1')
    await once(first, 'listening')
    const second = createSocket('udp4').bind(first.address().port, '127.0.0.1')
    await once(second, 'listening')`)
  expect(page.output()).toMatch(/^Port \d+ is already in use: [^\n]+\n$/)
})

test.each(['127.0.0.1', 'localhost'])('a refused connection to %s is one plain line', async (host) => {
  const page = await Page.open(await openServer())
  const port = await closedPort()
  const source = `import { connect } from 'node:net'\nconnect(${port}, '${host}')`
  expect(await page.execute(source)).toMatchObject({ code: 1 })
  expect(page.output()).toBe(`Nothing is listening on 127.0.0.1:${port}: start the server first\n`)
})

test('a refused connection to a name with two addresses names the IPv4 one', async () => {
  const page = await Page.open(await openServer())
  const port = await closedPort()
  await page.execute(`
    import { connect } from 'node:net'
    const addresses = [{ address: '::1', family: 6 }, { address: '127.0.0.1', family: 4 }]
    connect({ host: 'both', port: ${port}, lookup: (_host, _options, found) => found(null, addresses) })`)
  expect(page.output()).toBe(`Nothing is listening on 127.0.0.1:${port}: start the server first\n`)
})

test('a port for the administrator is one plain line', async () => {
  const page = await Page.open(await openServer())
  await page.execute(`
    import { createServer } from 'node:net'
    if (process.getuid?.() === 0) process.setuid?.(65534)
    createServer().listen(1)`)
  expect(page.output()).toBe('Port 1 is only for the administrator: change it to a port of 1024 or above\n')
})

test('a system error is left to the handler of the program if it has one', async () => {
  const page = await Page.open(await openServer())
  const exit = await page.execute(`
    import { connect } from 'node:net'
    process.on('uncaughtException', (error) => {
      console.log('handled', error.message)
      process.exitCode = 7
    })
    connect(${await closedPort()}, '127.0.0.1')`)
  expect(exit).toMatchObject({ code: 7 })
  expect(page.output()).toMatch(/^handled connect ECONNREFUSED [^\n]+\n$/)
})

test('a server of the library tells the page where it listens, and then serves', async () => {
  const page = await Page.open(await openServer())
  const { run } = await page.start(`
    import { StreamRequestHandler, TCPServer } from 'socketserver-ts'
    class Upper extends StreamRequestHandler {
      override async handle() {
        await this.wfile.write((await this.rfile.readline()).toString().toUpperCase())
      }
    }
    await using server = new TCPServer({ host: '127.0.0.1', port: 0 }, Upper)
    await server.serveForever()`)
  const { address } = await page.message('listening', run)
  if (typeof address === 'string') throw new TypeError(`Address "${address}": host and port are required`)
  const client = connect(address.port, address.host)
  client.write('hello\n')
  const [reply] = (await once(client, 'data')) as [Buffer]
  expect(reply.toString()).toBe('HELLO\n')
  client.destroy()
})

test('the event channel does not keep a program alive', async () => {
  const page = await Page.open(await openServer())
  const publish = `
    import { channel } from 'node:diagnostics_channel'
    channel('socketserver-ts.listening').publish({ address: '/tmp/a.sock' })`
  const { run } = await page.execute(publish)
  expect(await page.message('listening', run)).toMatchObject({ address: '/tmp/a.sock' })
})

test('what a program writes to the event channel is ignored unless it is an event', async () => {
  const page = await Page.open(await openServer())
  const { run } = await page.start(`
    import { writeSync } from 'node:fs'
    const event = { type: 'listening', address: '/tmp/b.sock' }
    writeSync(3, 'noise\\n{"type":"exited","run":1}\\n\\n{"type":"listening","address":7}\\n')
    writeSync(3, JSON.stringify(event) + '\\n')
    setInterval(() => {}, 1000)`)
  await page.message('listening', run)
  expect(page.messages.map(({ type }) => type)).toEqual(['started', 'listening'])
})

test('a flood on the event channel neither fills the server nor holds up Stop', async () => {
  const page = await Page.open(await openServer())
  const { run } = await page.start(`
    import { writeSync } from 'node:fs'
    const lines = (JSON.stringify({ type: 'listening', address: '/tmp/c.sock' }) + '\\n').repeat(100)
    setInterval(() => {
      try {
        for (;;) writeSync(3, lines)
      } catch {
        // The channel is full.
      }
    })`)
  await page.message('listening', run)
  await page.execute('')
  page.send({ type: 'stop', run })
  await page.message('exited', run)
  // A burst may come through, and then no more than the pace allows.
  expect(page.messages.length).toBeLessThan(60_000)
})

test('a program sees Ctrl-C as SIGINT', async () => {
  const page = await Page.open(await openServer())
  const { run } = await page.start(`
    process.once('SIGINT', () => { console.log('interrupted'); process.exit(130) })
    setInterval(() => {}, 1000)
    console.log('ready')`)
  await page.printed('ready')
  page.send({ type: 'interrupt', run })
  expect(await page.message('exited', run)).toMatchObject({ code: 130, stopped: false })
  expect(page.output()).toContain('interrupted')
})

test('two runs of a session have their own output and their own code', async () => {
  const page = await Page.open(await openServer())
  const first = await page.start(`
    process.stdin.once('data', async () => {
      const { name } = await import('./program.js?again')
      console.log('still', name)
      process.exit()
    })
    export const name = 'first'`)
  await page.execute('export const name = "second"; console.log(name)')
  page.send({ type: 'input', run: first.run, data: '\n' })
  await until(() => page.output().includes('still first'))
})

test('the files of a run are gone when it has ended', async () => {
  const page = await Page.open(await openServer())
  await page.execute('')
  await page.execute(`
    import { readdirSync } from 'node:fs'
    console.log(readdirSync('.').join())`)
  expect(page.output()).toBe('node_modules,package.json,run-2\n')
})

async function listenOnFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
  })
  return (server.address() as AddressInfo).port
}

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
