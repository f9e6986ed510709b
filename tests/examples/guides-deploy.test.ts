import { execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test, vi } from 'vitest'
import {
  AsyncUnixDatagramServer,
  connect,
  type DatagramRequest,
  BaseRequestHandler,
  type InetAddress,
  type UnixAddress,
} from 'socketserver-ts'
import { exchange, serving, temporaryFolder } from '../server-lib/support.ts'

// Programs start as fast as the machine lets them.
vi.setConfig({ testTimeout: 60_000 })
const WAIT = { timeout: 20_000 }

const ROOT = join(import.meta.dirname, '../..')
const DEPLOY = join(ROOT, 'docs/examples/deploy')
const ANALYZER = '/usr/bin/systemd-analyze'

/** The service of the guide on a free port, as a service manager would start it. */
function startService(environment: Record<string, string> = {}) {
  return startProgram(process.execPath, ['--import', 'tsx', join(DEPLOY, 'upper-service.ts')], environment)
}

/** A program as the first process of a PID namespace, as in a container. */
async function startAsFirst(...words: string[]) {
  const namespace = ['--fork', '--pid', '--mount-proc', '--kill-child']
  const program = [process.execPath, '--import', 'tsx', ...words]
  const started = await startProgram('unshare', [...namespace, ...program])
  const { pid } = started.child
  const first = Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8'))
  return { ...started, first: { kill: (signal: NodeJS.Signals) => process.kill(first, signal) } }
}

function canUnshare(): boolean {
  return (
    process.platform === 'linux' &&
    spawnSync('unshare', ['--fork', '--pid', '--mount-proc', 'true']).status === 0
  )
}

/** A server program on a free port. */
async function startProgram(command: string, args: string[], environment: Record<string, string> = {}) {
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { ...process.env, PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  child.stdout.on('data', (data: Buffer) => (output += data.toString()))
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>
  await expect.poll(() => output, WAIT).toMatch(/port \d+\n/)
  const address: InetAddress = { host: '127.0.0.1', port: Number(/port (\d+)/.exec(output)?.[1]) }
  return { child, ended, address, output: () => output }
}

async function isRefused(address: InetAddress): Promise<boolean> {
  try {
    const socket = await connect(address)
    await socket.close()
    return false
  } catch {
    return true
  }
}

test('SIGTERM with clients under way: none is lost, no further one is let in, and the service ends with code 0', async () => {
  const service = await startService()
  const clients = await Promise.all(
    Array.from({ length: 20 }, async (_, index) => {
      const socket = await connect(service.address)
      const replies = socket.makefile('r')
      await socket.send(`client ${index}\nis under`)
      expect(String(await replies.readline())).toBe(`CLIENT ${index}\n`)
      return { socket, replies }
    }),
  )

  service.child.kill('SIGTERM')
  await expect.poll(() => isRefused(service.address), WAIT).toBe(true)

  const rests = clients.map(async ({ socket, replies }) => {
    await socket.send(' way\n'.repeat(1000))
    await socket.shutdown('write')
    const rest = String(await replies.read())
    await socket.close()
    return rest
  })
  expect(new Set(await Promise.all(rests))).toEqual(new Set([`IS UNDER${' WAY\n'.repeat(1000)}`]))
  expect(await service.ended).toEqual([0, null])
  expect(service.output()).toMatch(/All requests are over\n$/)
})

test('a second SIGTERM ends the service at once', async () => {
  const service = await startService()
  await using client = await connect(service.address)
  await client.send('under way\n')
  await client.recv(1024)
  service.child.kill('SIGTERM')
  await expect.poll(() => isRefused(service.address), WAIT).toBe(true)
  service.child.kill('SIGTERM')
  expect(await service.ended).toEqual([null, 'SIGTERM'])
})

test.runIf(process.platform === 'linux')(
  'systemd is told when the service is ready, and when it stops',
  async () => {
    const states: string[] = []
    class Handler extends BaseRequestHandler<DatagramRequest<UnixAddress>, UnixAddress> {
      override handle() {
        states.push(String(this.request[0]))
      }
    }
    await using folder = await temporaryFolder()
    const name = `socketserver-ts-${process.pid}`
    for (const path of [join(folder.path, 'notify'), `@${name}`]) {
      states.length = 0
      await using _ = await serving(new AsyncUnixDatagramServer(path.replace(/^@/, '\0'), Handler))
      const service = await startService({ NOTIFY_SOCKET: path })
      await expect.poll(() => states, WAIT).toEqual(['READY=1'])
      expect(await exchange(service.address, 'ready\n')).toBe('READY\n')
      service.child.kill('SIGTERM')
      expect(await service.ended).toEqual([0, null])
      await expect.poll(() => states, WAIT).toEqual(['READY=1', 'STOPPING=1'])
    }
  },
)

test.runIf(canUnshare())(
  'as process 1, a service that handles SIGTERM drains, and a server that does not sits through it',
  async () => {
    const drained = await startAsFirst(join(DEPLOY, 'upper-service.ts'))
    drained.first.kill('SIGTERM')
    expect(await drained.ended).toEqual([0, null])
    expect(drained.output()).toMatch(/All requests are over\n$/)

    const deaf = await startAsFirst(join(ROOT, 'docs/examples/guides/upper-server.ts'), '0')
    deaf.first.kill('SIGTERM')
    expect(await exchange(deaf.address, 'still here?\n')).toBe('STILL HERE?\n')
    deaf.first.kill('SIGKILL')
    await deaf.ended
  },
)

test.skipIf(!existsSync(ANALYZER))('systemd takes the unit, where systemd is installed', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'guides-deploy-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  const file = join(directory, 'upper-service.service')
  await writeFile(file, deployed('upper-service.service').replace('/usr/bin/node', process.execPath))
  const { stderr } = await promisify(execFile)(ANALYZER, ['verify', '--man=no', file])
  expect(stderr).toBe('')
})

test('the unit waits longer than the service drains', () => {
  const [, stopSeconds] = /^TimeoutStopSec=(\d+)$/m.exec(deployed('upper-service.service')) ?? []
  const [, drainMs = ''] = /^const DRAIN_MS = ([\d_]+)$/m.exec(deployed('upper-service.ts')) ?? []
  expect(Number(stopSeconds) * 1000).toBeGreaterThan(Number(drainMs.replaceAll('_', '')))
})

test('unit and container start the same program, without a shell between', () => {
  const program = 'upper-service.js'
  expect(deployed('upper-service.service')).toContain(
    `ExecStart=/usr/bin/node /opt/upper-service/${program}\n`,
  )
  expect(deployed('Containerfile')).toContain(`CMD ["node", "${program}"]\n`)
  expect(existsSync(join(DEPLOY, program.replace(/js$/, 'ts')))).toBe(true)
})

function deployed(file: string): string {
  return readFileSync(join(DEPLOY, file), 'utf8')
}
