import { describe, expect, test } from 'vitest'
import { CAN_WALL, openSandbox, outputOf, start } from './execution.ts'

/** Attacks take what the machine has, and other tests run beside them. */
const TIMEOUT_MS = 30_000

const MIB = 1024 * 1024
const OUT_OF_MEMORY = 'The programs of this page used more than 512 MB of memory together'

// Without bubblewrap there are no walls to attack: scripts/ensure-tools.mjs installs it.
describe.skipIf(!CAN_WALL)('a sandbox bounds', { timeout: TIMEOUT_MS }, () => {
  test('the heap of a process', async () => {
    const execution = await start(
      await openSandbox(),
      `const kept = []; for (;;) kept.push(Array.from({ length: 1000 }, (_, index) => ({ index })))`,
    )
    expect(await execution.exited).toMatchObject({ signal: 'SIGABRT' })
    expect(execution.output).toContain('heap out of memory')
  })

  test('the buffers of a process', async () => {
    const execution = await start(
      await openSandbox(),
      `const kept = []
       try { for (;;) kept.push(Buffer.alloc(${16 * MIB}, 1)) } catch (error) { console.log(kept.length, error.message) }`,
    )
    const { limit } = await execution.exited
    // From Node 24 on only the watchdog sees it.
    if (limit !== undefined) {
      expect(limit).toBe(OUT_OF_MEMORY)
      return
    }
    const { output } = execution
    expect(Number.parseInt(output)).toBeLessThan(32)
    expect(output).toContain('Array buffer allocation failed')
  })

  test('the memory of all processes together, and says so', async () => {
    const sandbox = await openSandbox()
    const execution = await start(
      sandbox,
      `import { spawn } from 'node:child_process'
       const hoard = 'const kept = []; for (let i = 0; i < 300; i += 1) kept.push(Buffer.alloc(2 ** 20, 1)); setInterval(() => kept.length, 1000)'
       for (let i = 0; i < 6; i += 1) spawn(process.execPath, ['-e', hoard])`,
    )
    expect(await sandbox.ended).toBe(OUT_OF_MEMORY)
    expect(await execution.exited).toMatchObject({ signal: 'SIGKILL', limit: OUT_OF_MEMORY })
  })

  test('the memory that processes share, at /dev/shm', async () => {
    const output = await outputOf(await openSandbox(), fillFile('/dev/shm/large'))
    expect(output).toBe(`ENOSPC ${16 * MIB}\n`)
  })

  test('the files at /tmp', async () => {
    const output = await outputOf(await openSandbox(), fillFile('/tmp/large'))
    const [code, bytes] = output.split(' ')
    expect(code).toMatch(/ENOSPC|EFBIG/)
    expect(Number(bytes)).toBeLessThanOrEqual(64 * MIB)
  })

  test('the files at /tmp, and says what to do when a program has no room to start', async () => {
    const sandbox = await openSandbox()
    await outputOf(sandbox, fillFile('/tmp/large'))
    await outputOf(sandbox, fillFile('/tmp/more'))
    await expect(start(sandbox, 'void 0'.padEnd(100_000))).rejects.toThrow(
      '/tmp is full: a program must remove files',
    )
  })

  test.each([
    [
      'that no process of its own shows, since its first thread has ended',
      `const hoard = 'const kept = []; for (let i = 0; i < 300; i += 1) kept.push(Buffer.alloc(2 ** 20, 1)); setInterval(() => kept.length, 1000)'
       const middle = \`
         const koffi = require('koffi')
         new (require('node:worker_threads').Worker)(\${JSON.stringify(hoard)}, { eval: true })
         setTimeout(() => koffi.load(null).func('long syscall(long, long)')(\${process.arch === 'x64' ? 60 : 93}, 0), 100)\`
       import { spawn } from 'node:child_process'
       for (let i = 0; i < 4; i += 1) spawn(process.execPath, ['-e', middle], { cwd: '/' })`,
    ],
    [
      'of the kernel that pages of nothing take',
      `import koffi from 'koffi'
       const libc = koffi.load(null)
       const map = libc.func('long mmap(long, long, int, int, int, long)')
       const look = libc.func('int memcmp(long, long, long)')
       const advise = libc.func('int madvise(long, long, int)')
       const [PRIVATE_ANONYMOUS_NORESERVE, READ, NOHUGEPAGE, SIZE, STEP] = [0x4022, 1, 15, 2 ** 39, 2 ** 21]
       const start = map(0, SIZE, READ, PRIVATE_ANONYMOUS_NORESERVE, -1, 0)
       advise(start, SIZE, NOHUGEPAGE)
       for (let at = start; at < start + SIZE; at += STEP) look(at, at, 1)`,
    ],
    [
      'of the kernel that connections take',
      `import { connect, createServer } from 'node:net'
       const block = Buffer.alloc(2 ** 20)
       createServer({ pauseOnConnect: true }, () => {}).listen(9999)
       setInterval(() => connect(9999, function () { for (let i = 0; i < 4; i += 1) this.write(block) }), 5)`,
    ],
  ])('memory %s, and says so', async (_name, code) => {
    const sandbox = await openSandbox()
    await start(sandbox, code)
    expect(await sandbox.ended).toBe(OUT_OF_MEMORY)
  })

  test('the number of files, and says so', async () => {
    const sandbox = await openSandbox()
    await start(
      sandbox,
      `import { writeFileSync } from 'node:fs'
       for (let i = 0; ; i += 1) writeFileSync('/tmp/file-' + i, '')`,
    )
    expect(await sandbox.ended).toBe('The programs of this page made more than 20000 files')
  })

  test('the descriptors of a process', async () => {
    const output = await outputOf(
      await openSandbox(),
      `import { openSync } from 'node:fs'
       let count = 0
       try { for (;;) { openSync('/package.json'); count += 1 } } catch (error) { console.log(error.code, count) }`,
    )
    expect(output).toMatch(/^EMFILE (9\d\d|10[012]\d)\n$/)
  })

  test('the sockets of all processes, and says so', async () => {
    const sandbox = await openSandbox({ PLAY_SESSION_SOCKETS: '200' })
    await start(
      sandbox,
      `import { createSocket } from 'node:dgram'
       for (let i = 0; i < 300; i += 1) createSocket('udp4').bind(0)`,
    )
    expect(await sandbox.ended).toBe('The programs of this page opened more than 200 sockets')
  })

  test('processes: a fork bomb neither fills the machine nor outlives Stop', async () => {
    const sandbox = await openSandbox()
    const bomb = await start(
      sandbox,
      `import { spawn } from 'node:child_process'
       const again = () => {
         for (const detached of [true, false]) {
           try { spawn(process.execPath, [process.argv[1]], { detached, env: {}, stdio: 'ignore' }).on('error', full) } catch { full() }
         }
       }
       const full = () => console.log('full')
       setInterval(again, 5)`,
    )
    await bomb.printed('full', 20_000)
    await bomb.program.stop(100)
    expect(await outputOf(sandbox, listProcesses())).toBe('\n')
  })

  test('threads', async () => {
    const sandbox = await openSandbox()
    const execution = await start(
      sandbox,
      `import { Worker } from 'node:worker_threads'
       let running = 0
       const more = () => {
         const worker = new Worker('setInterval(() => {}, 1000)', { eval: true })
         worker.on('online', () => { running += 1; console.log(running); more() })
         worker.on('error', (error) => { console.log('full', error.code); process.exit() })
       }
       more()`,
    )
    const { limit } = await execution.exited
    const threads = [...execution.output.matchAll(/^(\d+)$/gm)].length
    expect(threads).toBeGreaterThan(5)
    expect(threads).toBeLessThan(256)
    // Those of Node 24 take more memory each than a session has for as many.
    if (limit !== undefined) expect(limit).toBe(OUT_OF_MEMORY)
    else expect(await outputOf(sandbox, 'console.log("still here")')).toBe('still here\n')
  })
})

function fillFile(path: string): string {
  return `
    import { openSync, writeSync } from 'node:fs'
    const file = openSync(${JSON.stringify(path)}, 'w')
    const block = Buffer.alloc(65_536, 1)
    let bytes = 0
    process.on('SIGXFSZ', () => undefined)
    try { for (;;) bytes += writeSync(file, block) } catch (error) { console.log(error.code, bytes) }`
}

/** Those that are neither bubblewrap, nor the agent, nor its spare, nor the program that counts. */
function listProcesses(): string {
  return `
    import { readdirSync, readFileSync } from 'node:fs'
    const pids = readdirSync('/proc').filter((name) => /^\\d+$/.test(name) && Number(name) !== process.pid)
    const lines = pids.map((pid) => { try { return readFileSync('/proc/' + pid + '/cmdline', 'latin1').replaceAll('\\0', ' ') } catch { return '' } })
    console.log(lines.filter((line) => line.includes('/tmp/')).join('\\n'))`
}
