import { once } from 'node:events'
import { expect, test } from 'vitest'
import { until } from '../support.ts'
import { CAN_WALL, openTestRunner, start, type Execution } from './execution.ts'

const ATTACK_MS = 6000
const ECHO_EVERY_MS = 5

/** Each in a session of its own. */
const ATTACKS = {
  'endless loop': 'for (;;);',
  'endless loops in threads': `
    import { Worker } from 'node:worker_threads'
    for (let i = 0; i < 16; i += 1) new Worker('for (;;);', { eval: true })
    setInterval(() => {}, 1000)`,
  'fork bomb': `
    import { spawn } from 'node:child_process'
    const fork = () => { try { spawn(process.execPath, [process.argv[1]], { detached: true, stdio: 'ignore' }).on('error', () => {}) } catch {} }
    setInterval(() => { fork(); fork() }, 5)`,
  heap: 'const kept = []; for (;;) kept.push(Array.from({ length: 1000 }, (_, index) => ({ index })))',
  buffers: 'const kept = []; setInterval(() => { try { kept.push(Buffer.alloc(2 ** 24, 1)) } catch {} }, 5)',
  'flood of output': `
    const block = Buffer.alloc(65_536, 'x')
    const print = () => { while (process.stdout.write(block)); process.stdout.once('drain', print) }
    print()`,
  'flood of events': `
    import { writeSync } from 'node:fs'
    const lines = (JSON.stringify({ type: 'listening', address: '/tmp/a.sock' }) + '\\n').repeat(100)
    setInterval(() => { try { for (;;) writeSync(3, lines) } catch {} })`,
  files: `
    import { writeFileSync } from 'node:fs'
    for (let i = 0; ; i += 1) writeFileSync('/tmp/file-' + i, '')`,
  disk: `
    import { ftruncateSync, openSync, writeSync } from 'node:fs'
    const file = openSync('/tmp/large', 'w')
    const block = Buffer.alloc(1_000_000)
    for (;;) try { writeSync(file, block) } catch { ftruncateSync(file) }`,
}

const ECHO = `
  import { StreamRequestHandler, TCPServer } from 'socketserver-ts'
  class Echo extends StreamRequestHandler {
    async handle() {
      for await (const line of this.rfile) await this.wfile.write(line)
    }
  }
  await new TCPServer({ host: '127.0.0.1', port: 9999 }, Echo).serveForever()`

const CLIENT = `
  import { connect } from 'node:net'
  const socket = connect(9999, '127.0.0.1')
  process.stdin.pipe(socket).pipe(process.stdout)`

// Without bubblewrap there are no walls to attack: scripts/ensure-tools.mjs installs it.
test.skipIf(!CAN_WALL)(
  'a session is served while others attack: p99 of an echo below 100 ms, and nothing is lost',
  async () => {
    const runner = await openTestRunner({
      PLAY_HOSTED: '1',
      PLAY_WARM_SANDBOXES: '1',
    })
    const own = await runner.open()
    const server = await start(own, ECHO)
    await until(() => server.events.length > 0)
    const client = await start(own, CLIENT)
    await echo(client, 0)

    for (const attack of Object.values(ATTACKS)) await start(await runner.open(), attack)
    const times: number[] = []
    for (const end = performance.now() + ATTACK_MS; performance.now() < end;) {
      times.push(await echo(client, times.length + 1))
      await new Promise((resolve) => setTimeout(resolve, ECHO_EVERY_MS))
    }
    const sorted = times.toSorted((a, b) => a - b)
    expect(sorted.length).toBeGreaterThan(100)
    expect(sorted[Math.floor(sorted.length * 0.99)]).toBeLessThan(100)
  },
  60_000,
)

/** Resolves with how long it took the line to come back: by the server, two programs, and all pipes between them. */
async function echo(client: Execution, number: number): Promise<number> {
  const line = `line ${number}\n`
  const begun = performance.now()
  let text = ''
  client.program.stdin.write(line)
  while (text !== line) {
    const [data] = (await once(client.program.stdout, 'data')) as [Buffer]
    text += data.toString()
    if (!line.startsWith(text)) throw new Error(`"${text}" came back: "${line}" is required`)
  }
  return performance.now() - begun
}
