import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { connect } from 'node:tls'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { describeWith, type ServerProgram, startExample } from '../interop/tools.ts'
import { exchange } from '../server-lib/support.ts'

// Programs start as fast as the machine lets them.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })
const WAIT = { timeout: 20_000 }

const ROOT = join(import.meta.dirname, '../..')
const TERMINATOR = join(ROOT, 'docs/examples/guides/tls-terminator.ts')
const CONFIGURATION = join(ROOT, 'docs/examples/guides/haproxy-tls.cfg')

let folder = ''
let certificate = ''
let server: ServerProgram

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'guides-tls-'))
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1']
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  const files = ['-keyout', join(folder, 'upper.key'), '-out', join(folder, 'upper.crt')]
  await promisify(execFile)('openssl', ['req', '-x509', ...kind, ...subject, ...files])
  certificate = await readFile(join(folder, 'upper.crt'), 'utf8')
  await writeFile(
    join(folder, 'upper.pem'),
    certificate + (await readFile(join(folder, 'upper.key'), 'utf8')),
  )
  server = await startExample('guides/proxied-server.ts')
})

afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

/** Sends `data` over TLS, half-closes, and receives the whole reply. */
async function exchangeSecurely(port: number, data: string): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, servername: 'localhost', ca: certificate })
  await once(socket, 'secureConnect')
  socket.end(data)
  return text(socket)
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}

/** A program that ends TLS before the server of the guide, until the end of the test. */
async function start(command: string, args: string[], port: number): Promise<number> {
  const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] })
  const ended = once(child, 'exit')
  onTestFinished(async () => {
    child.kill()
    await ended
  })
  await expect.poll(() => exchangeSecurely(port, '').catch(() => 'nobody listens'), WAIT).toBe('')
  return port
}

async function startTerminator(): Promise<number> {
  const port = await freePort()
  const files = [join(folder, 'upper.crt'), join(folder, 'upper.key')]
  const words = [...files, String(port), String(server.address.port)]
  return start(process.execPath, ['--import', 'tsx', TERMINATOR, ...words], port)
}

async function startHaproxy(): Promise<number> {
  const port = await freePort()
  const places = [
    [':8443', `127.0.0.1:${port}`],
    ['/etc/haproxy/', `${folder}/`],
    ['127.0.0.1:9999', `127.0.0.1:${server.address.port}`],
  ] as const
  let configuration = await readFile(CONFIGURATION, 'utf8')
  for (const [shown, actual] of places) {
    expect(configuration).toContain(shown)
    configuration = configuration.replace(shown, actual)
  }
  const file = join(folder, 'haproxy.cfg')
  await writeFile(file, configuration)
  return start('haproxy', ['-db', '-q', '-f', file], port)
}

function examine(terminator: string, startIt: () => Promise<number>): void {
  test(`${terminator} ends TLS, and the handler knows the client and sees the proxy`, async () => {
    const port = await startIt()
    expect(await exchangeSecurely(port, 'one\ntwo\n')).toBe(
      '127.0.0.1 through 127.0.0.1: one\n127.0.0.1 through 127.0.0.1: two\n',
    )
  })

  test(`${terminator} carries a long conversation whole`, async () => {
    const port = await startIt()
    const lines = Array.from({ length: 20_000 }, (_, index) => `line ${index}\n`)
    const replies = lines.map((line) => `127.0.0.1 through 127.0.0.1: ${line}`)
    expect(await exchangeSecurely(port, lines.join(''))).toBe(replies.join(''))
  })

  test(`${terminator} is refused by a client that does not trust its certificate`, async () => {
    const port = await startIt()
    const socket = connect({ host: '127.0.0.1', port, servername: 'localhost' })
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException]
    expect(error.code).toBe('DEPTH_ZERO_SELF_SIGNED_CERT')
  })
}

describe('node:tls', () => {
  examine('tls-terminator.ts', startTerminator)
})

describeWith('haproxy', 'HAProxy', () => {
  examine('haproxy-tls.cfg', startHaproxy)
})

test('proxied-server.ts takes the address of the header for that of the client', async () => {
  const header = 'PROXY TCP4 192.0.2.7 127.0.0.1 50000 8443\r\n'
  expect(await exchange(server.address, `${header}hello\n`)).toBe('192.0.2.7 through 127.0.0.1: hello\n')
  const longest = `PROXY TCP6 ${'ffff:'.repeat(7)}ffff ${'ffff:'.repeat(7)}ffff 65535 65535\r\n`
  expect(await exchange(server.address, `${longest}hello\n`)).toMatch(/^ffff:.* through 127.0.0.1: hello\n$/)
})

test('proxied-server.ts serves nobody who comes without a header', async () => {
  expect(await exchange(server.address, 'hello\n')).toBe('')
  expect(await exchange(server.address, 'x'.repeat(1000))).toBe('')
})
