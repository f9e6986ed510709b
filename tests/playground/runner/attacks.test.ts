import { createServer } from 'node:http'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { CAN_WALL, openSandbox, openTestRunner, outputOf, start } from './execution.ts'

/** Attacks take what the machine has, and other tests run beside them. */
const TIMEOUT_MS = 30_000

/** Prints what an expression gives, or the code of what it throws. */
function attempt(expression: string): string {
  return `
    import fs from 'node:fs'
    import net from 'node:net'
    import os from 'node:os'
    import { spawnSync } from 'node:child_process'
    const say = (value) => console.log(typeof value === 'string' ? value : JSON.stringify(value))
    try { say(await (${expression})) } catch (error) { say(error.code ?? error.message) }`
}

// Without bubblewrap there are no walls to attack: scripts/ensure-tools.mjs installs it.
describe.skipIf(!CAN_WALL)('a sandbox keeps from its programs', { timeout: TIMEOUT_MS }, () => {
  test('the files of the machine', async () => {
    const secret = join(await temporaryDirectory(), 'secret')
    await writeFile(secret, 'secret')
    const paths = [
      secret,
      '/etc/shadow',
      '/root',
      '/home',
      '/proc/sys/kernel/core_pattern',
      '/bin/sh',
      '/usr/bin/env',
    ]
    const output = await outputOf(
      await openSandbox(),
      attempt(`${JSON.stringify(paths)}.map((path) => {
        try { fs.accessSync(path, fs.constants.W_OK); return 'writable ' + path } catch {}
        try { fs.accessSync(path); return path } catch (error) { return error.code }
      })`),
    )
    expect(JSON.parse(output)).toEqual([
      ...['ENOENT', 'ENOENT', 'ENOENT', 'ENOENT'],
      '/proc/sys/kernel/core_pattern',
      ...['ENOENT', 'ENOENT'],
    ])
  })

  test('who and where they are', async () => {
    const output = await outputOf(
      await openSandbox(),
      attempt(
        `[os.hostname(), os.userInfo().username, process.getuid(), process.geteuid(), Object.keys(os.networkInterfaces())]`,
      ),
    )
    expect(JSON.parse(output)).toEqual(['playground', 'reader', 1000, 1000, ['lo']])
  })

  test('every place that they could write to, but for /tmp and /dev/shm', async () => {
    const folders = [
      '/',
      '/usr/bin',
      '/etc',
      '/playground/runner',
      '/node_modules/socketserver-ts/dist',
      '/proc',
      '/proc/sys',
      '/dev',
    ]
    const output = await outputOf(
      await openSandbox(),
      attempt(`${JSON.stringify(folders)}.filter((folder) => {
        try { fs.writeFileSync(folder + '/new', ''); return true } catch { return false }
      })`),
    )
    expect(JSON.parse(output)).toEqual([])
  })

  test('the processes of the machine and of other sessions, and their environment', async () => {
    const runner = await openTestRunner()
    const [own, other] = [await runner.open(), await runner.open()]
    const neighbour = await start(other, 'console.log("ready"); setInterval(() => {}, 1000)', {
      arguments: ['a-neighbour'],
    })
    await neighbour.printed('ready')
    const output = await outputOf(
      own,
      attempt(`fs.readdirSync('/proc').filter((name) => /^\\d+$/.test(name)).map((pid) =>
        ['cmdline', 'environ'].map((file) => fs.readFileSync('/proc/' + pid + '/' + file, 'latin1')).join(' ')).join('\\n')`),
    )
    expect(output).not.toContain('a-neighbour')
    expect(output).not.toContain(process.env['HOME'] === '/tmp' ? 'npm_' : process.env['HOME'])
    expect(output.split('\n').length).toBeLessThan(10)
  })

  test('the port of the server, and every other address than their own', async () => {
    const httpServer = createServer((_request, response) => response.end('the control port')).listen(
      0,
      '0.0.0.0',
    )
    await once(httpServer, 'listening')
    onTestFinished(() => {
      httpServer.close()
    })
    const { port } = httpServer.address() as AddressInfo
    const output = await outputOf(
      await openSandbox(),
      attempt(`Promise.all([[${port}, '127.0.0.1'], [${port}, '::1'], [53, '1.1.1.1'], [80, '169.254.169.254']].map(([port, host]) =>
        new Promise((resolve) => net.connect(port, host, () => resolve('connected')).on('error', ({ code }) => resolve(code)))))`),
    )
    expect(JSON.parse(output)).toEqual(['ECONNREFUSED', 'ECONNREFUSED', 'ENETUNREACH', 'ENETUNREACH'])
  })

  test('the ports, files and abstract sockets of another session, which has the same ones', async () => {
    const runner = await openTestRunner()
    const serve = `
      import { createServer } from 'node:net'
      import { writeFileSync } from 'node:fs'
      writeFileSync('/tmp/mine', process.argv[2])
      for (const address of [9999, '\\0abstract', '/tmp/a.sock']) {
        await new Promise((resolve, reject) => createServer().on('error', reject).listen(address, resolve))
      }
      console.log('listening')`
    const programs = await Promise.all(
      ['one', 'two'].map(async (name) => start(await runner.open(), serve, { arguments: [name] })),
    )
    await Promise.all(programs.map((program) => program.printed('listening')))
  })

  test('system calls that reach beyond it', async () => {
    const output = await outputOf(await openSandbox(), SYSTEM_CALLS)
    const results = JSON.parse(output) as Record<string, string>
    expect(results).toEqual({
      ptrace: 'EPERM',
      process_vm_readv: 'EPERM',
      unshare: 'EPERM',
      'clone in a new user namespace': 'EPERM',
      clone3: 'ENOSYS',
      setns: 'EPERM',
      mount: 'EPERM',
      chroot: 'EPERM',
      keyctl: 'EPERM',
      add_key: 'EPERM',
      io_uring_setup: 'EPERM',
      userfaultfd: 'EPERM',
      memfd_create: 'EPERM',
      bpf: 'EPERM',
      perf_event_open: 'EPERM',
      shmget: 'EPERM',
      'a call of x32': 'ENOSYS',
      'a call that is not known yet': 'ENOSYS',
      'socket of AF_VSOCK': 'EAFNOSUPPORT',
      'socket of AF_ALG': 'EAFNOSUPPORT',
      'socket of AF_PACKET': 'EAFNOSUPPORT',
      'socketpair of AF_TIPC': 'EAFNOSUPPORT',
      'socket of netfilter': 'EAFNOSUPPORT',
      'raw socket': 'EPERM',
      TIOCSTI: 'EPERM',
      'shared memory': 'EPERM',
      'lock of a part of a file': 'ENOLCK',
      'larger buffer of a socket': 'EPERM',
      'setuid 0': 'EINVAL',
      'more processes than allowed': 'EPERM',
      'higher priority': 'EACCES',
      'memory of init': 'ENOENT',
    })
  })
})

async function temporaryDirectory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'attacks-'))
  onTestFinished(() => rm(path, { recursive: true }))
  return path
}

/** By way of koffi, which is there for Unix datagrams and can make any call. */
const SYSTEM_CALLS = `
  import koffi from 'koffi'
  import { openSync } from 'node:fs'
  import { constants, setPriority } from 'node:os'
  const libc = koffi.load(null)
  const syscall = libc.func('long syscall(long, long, long, long, long, long, long)')
  const names = new Map(Object.entries(constants.errno).map(([name, number]) => [number, name]))
  const x64 = process.arch === 'x64'
  const call = (number, ...args) => {
    const result = syscall(number, ...args, ...Array(6 - args.length).fill(0))
    return result < 0 ? names.get(koffi.errno()) : String(result)
  }
  const attempt = (act) => { try { return String(act()) } catch (error) { return error.info?.code ?? error.code } }
  const pointer = koffi.alloc('uint64_t', 2)
  koffi.encode(pointer, 'uint64_t', [9999n, 9999n], 2)
  console.log(JSON.stringify({
    ptrace: call(x64 ? 101 : 117, 16, 1),
    process_vm_readv: call(x64 ? 310 : 270, 1),
    unshare: call(x64 ? 272 : 97, 0x10000000),
    'clone in a new user namespace': call(x64 ? 56 : 220, 0x10000011),
    clone3: call(435, 0, 0),
    setns: call(x64 ? 308 : 268, 0, 0),
    mount: call(x64 ? 165 : 40),
    chroot: call(x64 ? 161 : 51),
    keyctl: call(x64 ? 250 : 219, 0, -3, 1),
    add_key: call(x64 ? 248 : 217),
    io_uring_setup: call(425, 1, 0),
    userfaultfd: call(x64 ? 323 : 282, 0),
    memfd_create: call(x64 ? 319 : 279, 0, 0),
    bpf: call(x64 ? 321 : 280, 0, 0, 0),
    perf_event_open: call(x64 ? 298 : 241),
    shmget: call(x64 ? 29 : 194, 0, 4096, 0o1600),
    'a call of x32': x64 ? call(0x40000000 + 39) : 'ENOSYS',
    'a call that is not known yet': call(900),
    'socket of AF_VSOCK': call(x64 ? 41 : 198, 40, 1, 0),
    'socket of AF_ALG': call(x64 ? 41 : 198, 38, 5, 0),
    'socket of AF_PACKET': call(x64 ? 41 : 198, 17, 3, 0),
    'socketpair of AF_TIPC': call(x64 ? 53 : 199, 30, 1, 0, 0),
    'socket of netfilter': call(x64 ? 41 : 198, 16, 3, 12),
    'raw socket': call(x64 ? 41 : 198, 2, 3, 1),
    TIOCSTI: call(x64 ? 16 : 29, 0, 0x5412, 0),
    'shared memory': call(x64 ? 9 : 222, 0, 4096, 3, 0x21, -1, 0),
    'lock of a part of a file': call(x64 ? 72 : 25, 0, 6, 0),
    'larger buffer of a socket': call(x64 ? 54 : 208, 0, 1, 7, 0, 4),
    'setuid 0': attempt(() => process.setuid(0)),
    'more processes than allowed': call(x64 ? 302 : 261, 0, 6, koffi.address(pointer), 0),
    'higher priority': attempt(() => setPriority(-5)),
    'memory of init': attempt(() => openSync('/proc/1/mem', 'r+')),
  }))`
