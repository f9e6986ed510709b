import { describe, expect, test } from 'vitest'
import { CAN_WALL, openSandbox, openTestRunner, outputOf, start } from './execution.ts'
import { until } from '../support.ts'

const ECHO = `
  import { StreamRequestHandler, TCPServer } from 'socketserver-ts'
  class Echo extends StreamRequestHandler {
    async handle() {
      for await (const line of this.rfile) await this.wfile.write(line)
    }
  }
  const server = new TCPServer({ host: '127.0.0.1', port: Number(process.argv[2]) }, Echo)
  await server.listen()
  await server.serveForever()`

const CLIENT = `
  import { connect } from 'node:net'
  const socket = connect(Number(process.argv[2]), '127.0.0.1')
  process.stdin.pipe(socket).pipe(process.stdout)`

describe.each([
  { kind: 'plain', env: { PLAY_RUNNER: 'plain' } },
  { kind: 'sandbox', env: {} },
])('a program of the $kind runner', ({ kind, env }) => {
  // Without bubblewrap there is nothing to test: scripts/ensure-tools.mjs installs it.
  const runs = test.skipIf(kind === 'sandbox' && !CAN_WALL)

  runs('prints to both streams, in order, and exits with its code', async () => {
    const execution = await start(
      await openSandbox(env),
      `console.log('one'); console.error('two'); console.log('three'); process.exitCode = 7`,
    )
    expect(await execution.exited).toEqual({ code: 7, signal: null, limit: undefined })
    expect(execution.output.split('\n').toSorted()).toEqual(['', 'one', 'three', 'two'])
  })

  runs('sees its own path, its arguments and its pid, and imports its other files', async () => {
    const execution = await start(
      await openSandbox(env),
      `import { twice } from './twice.js'
       const isMain = import.meta.url === (await import('node:url')).pathToFileURL(process.argv[1]).href
       console.log(isMain, process.argv.slice(2).join(), process.pid, twice('x'))`,
      { arguments: ['a b', '"é"'], files: { 'twice.js': 'export const twice = (text) => text + text' } },
    )
    await execution.exited
    expect(execution.output).toBe(`true a b,"é" ${execution.program.pid} xx\n`)
  })

  runs('has no variables of the server, and none that tell of it', async () => {
    process.env['A_SECRET'] = 'of the server'
    const output = await outputOf(await openSandbox(env), 'console.log(Object.keys(process.env).join())')
    expect(output).not.toContain('A_SECRET')
    expect(output.trim().split(',').length).toBeLessThan(8)
  })

  runs('reads its input to the end', async () => {
    const execution = await start(await openSandbox(env), 'process.stdin.pipe(process.stdout)')
    const text = 'ünï '.repeat(100_000)
    execution.program.stdin.end(text)
    await execution.exited
    expect(execution.outputBytes).toBe(Buffer.byteLength(text))
  })

  runs('tells where its server listens, and serves another program of its session', async () => {
    const sandbox = await openSandbox(env)
    const server = await start(sandbox, ECHO, { arguments: ['0'] })
    await until(() => server.events.length > 0)
    const [event] = server.events as { type: string; address: { host: string; port: number } }[]
    expect(event).toMatchObject({ type: 'listening', address: { host: '127.0.0.1' } })
    const client = await start(sandbox, CLIENT, { arguments: [String(event?.address.port)] })
    client.program.stdin.end('hello\n')
    await client.exited
    expect(client.output).toBe('hello\n')
  })

  runs('starts worker threads and children', async () => {
    const output = await outputOf(
      await openSandbox(env),
      `import { Worker } from 'node:worker_threads'
       import { fork, spawnSync } from 'node:child_process'
       if (process.argv[2] === 'child') process.send('from a child')
       else {
         new Worker('console.log("from a thread")', { eval: true })
         fork(process.argv[1], ['child']).on('message', (message) => console.log(message))
         process.stdout.write(spawnSync(process.execPath, ['-p', '"from a process"']).stdout)
       }`,
    )
    expect(output.trim().split('\n').toSorted()).toEqual(['from a child', 'from a process', 'from a thread'])
  })

  runs('serves datagrams on a Unix socket, and requests in threads and children', async () => {
    const output = await outputOf(
      await openSandbox(env),
      `import { StreamRequestHandler, ThreadingTCPServer, ForkingTCPServer, UnixDatagramServer, DatagramRequestHandler, isMain } from 'socketserver-ts'
       import { connect } from 'node:net'
       import { once } from 'node:events'
       export class Hello extends StreamRequestHandler { async handle() { await this.wfile.write('hello') } }
       export class Silent extends DatagramRequestHandler {}
       if (isMain(import.meta)) {
         for (const Server of [ThreadingTCPServer, ForkingTCPServer]) {
           const server = new Server({ host: '127.0.0.1', port: 0 }, Hello)
           await server.listen()
           const serving = server.serveForever()
           const [data] = await once(connect(server.serverAddress.port, '127.0.0.1'), 'data')
           console.log(Server.name, data.toString())
           await server.shutdown()
           await serving
           await server.serverClose()
         }
         const server = new UnixDatagramServer('./datagrams.sock', Silent)
         await server.listen()
         console.log('UnixDatagramServer')
         await server.serverClose()
       }`,
    )
    expect(output).toBe('ThreadingTCPServer hello\nForkingTCPServer hello\nUnixDatagramServer\n')
  })

  runs('shows only its own lines in a stack', async () => {
    const output = await outputOf(
      await openSandbox(env),
      `import { TCPServer } from 'socketserver-ts'
       function fail() { throw new Error('boom') }
       console.log(typeof TCPServer)
       fail()`,
    )
    expect(output).toContain('    at fail (program.js:2')
    expect(output).toContain('    at program.js:4')
    expect(output).not.toMatch(/at .*(node:internal|playground)/)
  })

  runs('sees SIGINT at Ctrl-C, and so do its children', async () => {
    const execution = await start(
      await openSandbox(env),
      `import { spawn } from 'node:child_process'
       process.once('SIGINT', () => undefined)
       const nap = 'setInterval(() => {}, 1000); console.log("ready")'
       spawn(process.execPath, ['-e', nap], { stdio: 'inherit' }).once('exit', (_code, signal) => console.log(signal))`,
    )
    await execution.printed('ready')
    execution.program.interrupt()
    expect(await execution.exited).toMatchObject({ code: 0 })
    expect(execution.output).toBe('ready\nSIGINT\n')
  })

  runs('may end in its own way when it is stopped', async () => {
    const execution = await start(
      await openSandbox(env),
      `process.once('SIGTERM', () => { console.log('bye'); process.exit(4) })
       setInterval(() => {}, 1000)
       console.log('ready')`,
    )
    await execution.printed('ready')
    await execution.program.stop(2000)
    expect(await execution.exited).toMatchObject({ code: 4, signal: null })
    expect(execution.output).toBe('ready\nbye\n')
  })

  runs('is killed after the grace if it does not', async () => {
    const execution = await start(
      await openSandbox(env),
      `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('ready')`,
    )
    await execution.printed('ready')
    await execution.program.stop(100)
    expect(await execution.exited).toMatchObject({ code: null, signal: 'SIGKILL' })
  })

  runs(
    'is stopped in the middle of an endless loop, and leaves the others of its session alone',
    async () => {
      const sandbox = await openSandbox(env)
      const server = await start(sandbox, ECHO, { arguments: ['0'] })
      const loop = await start(sandbox, 'console.log("ready"); for (;;);')
      await loop.printed('ready')
      const begun = performance.now()
      await loop.program.stop(1500)
      expect(performance.now() - begun).toBeLessThan(1000)
      expect(await outputOf(sandbox, 'console.log("still here")')).toBe('still here\n')
      await server.program.stop(1000)
    },
  )

  runs('is paused while nobody reads what it prints', async () => {
    const sandbox = await openSandbox(env)
    const flood = await start(
      sandbox,
      `import { writeSync } from 'node:fs'
       const block = Buffer.alloc(65_536, 'x')
       let written = 0
       setInterval(() => { for (let i = 0; i < 10; i += 1) written += writeSync(1, block) })`,
    )
    await until(() => flood.outputBytes > 1_000_000)
    flood.program.stdout.pause()
    const paused = flood.outputBytes
    expect(await outputOf(sandbox, 'console.log("served")')).toBe('served\n')
    expect(flood.outputBytes).toBe(paused)
    flood.program.stdout.resume()
    await until(() => flood.outputBytes > paused + 1_000_000)
    await flood.program.stop(0)
  })

  runs('is slowed down when it prints faster than it may', async () => {
    const execution = await start(
      await openSandbox({ ...env, PLAY_OUTPUT_BYTES_PER_SECOND: '100000' }),
      `process.stdout.write('x'.repeat(150_000))`,
    )
    const begun = performance.now()
    await execution.exited
    expect(performance.now() - begun).toBeGreaterThan(400)
    expect(execution.outputBytes).toBe(150_000)
  })

  runs('is stopped when it prints more than it may, and says so', async () => {
    const execution = await start(
      await openSandbox({ ...env, PLAY_OUTPUT_BYTES_PER_RUN: '1048576' }),
      `const block = 'x'.repeat(65_536)
       const print = () => { while (process.stdout.write(block)); process.stdout.once('drain', print) }
       print()`,
    )
    expect(await execution.exited).toMatchObject({ limit: 'It printed more than 1 MB' })
    expect(execution.outputBytes).toBe(1_048_576)
  })

  runs('leaves nothing when its sandbox is closed, which may be done twice', async () => {
    const runner = await openTestRunner(env)
    const sandbox = await runner.open()
    const execution = await start(sandbox, `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)`)
    await Promise.all([sandbox.close(), sandbox.close()])
    expect(await sandbox.ended).toBeUndefined()
    expect(await execution.exited).toMatchObject({ code: null })
    await runner.close()
  })
})
