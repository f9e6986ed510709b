import { describe, expect, test } from 'vitest'
import { CAN_WALL, openSandbox, openTestRunner, outputOf, start } from './execution.ts'

/** Attacks take what the machine has, and other tests run beside them. */
const TIMEOUT_MS = 30_000

/** Finds the agent by what it runs; everything in a sandbox is of one user, so programs may do as they like with it. */
const FIND_AGENT = `
  import fs from 'node:fs'
  const agent = fs.readdirSync('/proc').find((pid) => {
    try { return fs.readFileSync('/proc/' + pid + '/cmdline', 'latin1').includes('agent/main.js') } catch { return false }
  })`

/** Has the agent run code, by the debugger that every Node opens at SIGUSR1; it does not answer every connection. */
function asAgent(code: string): string {
  return `${FIND_AGENT}
    import { connect } from 'node:net'
    process.kill(Number(agent), 'SIGUSR1')
    let isDone = false
    const timer = setInterval(async () => {
      try {
        const [{ webSocketDebuggerUrl }] = await (await fetch('http://127.0.0.1:9229/json')).json()
        if (!isDone) evaluate(new URL(webSocketDebuggerUrl))
      } catch {
        // It is not open yet.
      }
    }, 200)
    function evaluate({ pathname }) {
      const socket = connect(9229, '127.0.0.1').on('error', () => {})
      socket.write('GET ' + pathname + ' HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n')
      socket.once('data', () => {
        const expression = 'if (!globalThis.isTakenOver) { globalThis.isTakenOver = true; ' + ${JSON.stringify(code)} + ' }'
        const params = { expression, includeCommandLineAPI: true }
        const message = Buffer.from(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params }))
        const header = Buffer.from([0x81, 0xfe, message.length >> 8, message.length & 0xff, 0, 0, 0, 0])
        socket.write(Buffer.concat([header, message]))
        socket.once('data', () => { isDone = true; clearInterval(timer); socket.destroy() })
      })
    }
    setInterval(() => {}, 1000)`.replaceAll('\r\n', '\\r\\n')
}

// Without bubblewrap there is nothing to take over: scripts/ensure-tools.mjs installs it.
describe.skipIf(!CAN_WALL)('a program that takes over what runs it', { timeout: TIMEOUT_MS }, () => {
  test('ends its own session by killing the agent, and no other', async () => {
    const runner = await openTestRunner()
    const [own, other] = [await runner.open(), await runner.open()]
    await start(own, `${FIND_AGENT}\nprocess.kill(Number(agent), 'SIGKILL')`)
    expect(await own.ended).toBe('What runs the programs of this page was killed by one of them')
    expect(await outputOf(other, 'console.log("served")')).toBe('served\n')
  })

  test('ends its own session by killing all that it can, and no other', async () => {
    const runner = await openTestRunner()
    const [own, other] = [await runner.open(), await runner.open()]
    await start(own, `process.kill(-1, 'SIGKILL')`)
    await own.ended
    expect(await outputOf(other, 'console.log("served")')).toBe('served\n')
  })

  test.each([
    ['bytes that are no frame', `Buffer.alloc(1e6, 0x7b)`],
    ['a frame of 4 GB', `Buffer.from([5, 0, 0, 0, 1, 255, 255, 255, 255])`],
    ['the exit of a program in another shape', `Buffer.from([4, 0, 0, 0, RUN, 0, 0, 0, 2, 0x7b, 0x7d])`],
    ['output of no bytes', `Buffer.from([5, 0, 0, 0, RUN, 0, 0, 0, 0])`],
    ['output of a run that is unknown', `Buffer.from([5, 0, 0, 1, 1, 0, 0, 0, 1, 0x78])`],
    ['the start of a program that has started', `Buffer.from([1, 0, 0, 0, RUN, 0, 0, 0, 1, 0x31])`],
    [
      'more output than was asked for',
      `Buffer.concat(Array(64).fill(Buffer.concat([Buffer.from([5, 0, 0, 0, RUN, 0, 1, 0, 0]), Buffer.alloc(65536)])))`,
    ],
    [
      'more pieces of output than are asked for, however small',
      `Buffer.concat(Array(100_000).fill(Buffer.from([5, 0, 0, 0, RUN, 0, 0, 0, 1, 0x78])))`,
    ],
  ])('ends its own session by %s', async (_name, bytes) => {
    const runner = await openTestRunner()
    const [own, other] = [await runner.open(), await runner.open()]
    const run = 200
    const code = `process.stdout.write(${bytes.replaceAll('RUN', String(run))})`
    const program = await own.start({
      run,
      modules: [{ name: 'program.js', code: asAgent(code) }],
      entry: 'program.js',
      arguments: [],
      onEvent: () => undefined,
    })
    // A page that draws nothing: output that was not asked for cannot be taken.
    program.stderr.resume()
    expect(await own.ended).toBe('A program tampered with its sandbox, and all of the page were ended')
    expect(await outputOf(other, 'console.log("served")')).toBe('served\n')
  })

  test('is watched although the agent says that it has ended', async () => {
    const sandbox = await openSandbox()
    const run = 201
    const said = '{"code":0,"signal":null}'
    const lie = `process.stdout.write(Buffer.concat([Buffer.from([4, 0, 0, 0, ${run}, 0, 0, 0, ${said.length}]), Buffer.from('${said}')])); process.stdout.write = () => true; require('node:fs').writeFileSync('/tmp/taken-over', '')`
    const hoard = `const kept = []; for (let i = 0; i < 300; i += 1) kept.push(Buffer.alloc(2 ** 20, 1)); setInterval(() => kept.length, 1000)`
    const program = await sandbox.start({
      run,
      modules: [
        {
          name: 'program.js',
          code: `${asAgent(lie)}
            import { spawn } from 'node:child_process'
            const waiting = setInterval(() => {
              if (!fs.existsSync('/tmp/taken-over')) return
              clearInterval(waiting)
              for (let i = 0; i < 4; i += 1) spawn(process.execPath, ['-e', ${JSON.stringify(hoard)}])
            }, 20)`,
        },
      ],
      entry: 'program.js',
      arguments: [],
      onEvent: () => undefined,
    })
    program.stdout.resume()
    program.stderr.resume()
    expect(await program.exited).toMatchObject({ code: 0 })
    expect(await sandbox.ended).toBe('The programs of this page used more than 512 MB of memory together')
  })

  test('does not outlive Stop by leaving its group, its parent and its environment', async () => {
    const sandbox = await openSandbox()
    const execution = await start(
      sandbox,
      `import { spawn } from 'node:child_process'
       const options = { detached: true, env: {}, stdio: 'ignore' }
       const hidden = 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)'
       const middle = \`require('node:child_process').spawn(process.execPath, ['-e', \${JSON.stringify(hidden)}], \${JSON.stringify(options)}).unref()\`
       spawn(process.execPath, ['-e', middle], options).once('exit', () => console.log('hidden'))
       setInterval(() => {}, 1000)`,
    )
    await execution.printed('hidden')
    const count = `
      import { readdirSync, readFileSync } from 'node:fs'
      const lines = readdirSync('/proc').map((pid) => { try { return readFileSync('/proc/' + pid + '/cmdline', 'latin1') } catch { return '' } })
      console.log(lines.filter((line) => line.includes('SIGTERM')).length)`
    expect(await outputOf(sandbox, count)).toBe('1\n')
    await execution.program.stop(100)
    expect(await outputOf(sandbox, count)).toBe('0\n')
  })

  test('does not outlive Stop by ending its first thread', async () => {
    const sandbox = await openSandbox()
    const exitThread = process.arch === 'x64' ? 60 : 93
    const execution = await start(
      sandbox,
      `import { spawn } from 'node:child_process'
       const hidden = \`
         process.on('SIGTERM', () => {})
         new (require('node:worker_threads').Worker)('setInterval(() => {}, 1000)', { eval: true }).on('online', () =>
           require('koffi').load(null).func('long syscall(long, long)')(${exitThread}, 0))\`
       spawn(process.execPath, ['-e', hidden], { cwd: '/', detached: true, stdio: 'ignore' })
       setInterval(() => {}, 1000)`,
    )
    const count = `
      import { readdirSync, readFileSync } from 'node:fs'
      const stats = readdirSync('/proc').map((pid) => { try { return readFileSync('/proc/' + pid + '/stat', 'latin1') } catch { return '' } })
      console.log(stats.map((stat) => stat.slice(stat.lastIndexOf(')') + 2).split(' ')).filter((fields) => fields[0] === 'Z' && fields[17] > 1).length)`
    await expect.poll(() => outputOf(sandbox, count), { timeout: 10_000 }).toBe('1\n')
    await execution.program.stop(100)
    expect(await outputOf(sandbox, count)).toBe('0\n')
  })

  test('does not reach the programs of its session that run beside it when it is stopped', async () => {
    const sandbox = await openSandbox()
    const beside = await start(
      sandbox,
      `import { spawn } from 'node:child_process'
       spawn(process.execPath, ['-e', 'setInterval(() => console.log("child"), 20)'], { detached: true, env: {}, stdio: ['ignore', 'inherit', 'ignore'] })`,
    )
    await beside.printed('child')
    const execution = await start(sandbox, 'setInterval(() => {}, 1000)')
    await execution.program.stop(0)
    beside.output = ''
    await beside.printed('child')
  })
})
