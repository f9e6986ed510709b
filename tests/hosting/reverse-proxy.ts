import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { get } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { waitFor } from './wait-for.ts'

export type ProxyName = 'haproxy' | 'nginx'

const CONFIGURATIONS = join(import.meta.dirname, '../../hosting/config')

/** What the configurations in hosting/config say, and what stands there in a test. */
interface Places {
  directory: string
  port: number
  instances: readonly [number, number]
}

/** A proxy with the configuration that the docs show; only its ports and its certificate are the test's. */
export class ReverseProxy {
  readonly origin: string
  readonly certificate: string
  readonly #command: readonly [string, ...string[]]
  readonly #directory: string
  #process: ChildProcess | undefined

  /** Resolves when readers are served. */
  static async start(name: ProxyName, places: Omit<Places, 'directory'>): Promise<ReverseProxy> {
    const directory = await mkdtemp(join(tmpdir(), 'reverse-proxy-'))
    const certificate = await makeCertificate(directory)
    const command = await (name === 'haproxy' ? haproxy : nginx)({ directory, ...places })
    const proxy = new ReverseProxy(places.port, certificate, command, directory)
    await proxy.#start()
    return proxy
  }

  private constructor(
    port: number,
    certificate: string,
    command: readonly [string, ...string[]],
    directory: string,
  ) {
    this.origin = proxyOrigin(port)
    this.certificate = certificate
    this.#command = command
    this.#directory = directory
  }

  /** Cuts every connection through it. */
  async restart(): Promise<void> {
    await this.#end()
    await this.#start()
  }

  async #start(): Promise<void> {
    const [program, ...args] = this.#command
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
    this.#process = child
    let errors = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
    await waitFor(async () => {
      if (child.exitCode !== null) throw new Error(`${program} ended: ${errors}`)
      return (await this.status('/')) === 200
    })
  }

  async #end(): Promise<void> {
    if (this.#process?.kill() === true) await once(this.#process, 'exit')
  }

  /** The status of the answer to a GET on a connection of its own, or undefined if there was no answer. */
  async status(path: string): Promise<number | undefined> {
    return (await this.#get(path))?.statusCode
  }

  /** Which instance gets the session of a reader who was not here before, as HAProxy calls it in its cookie. */
  async instance(): Promise<string | undefined> {
    const cookies = (await this.#get('/session'))?.headers['set-cookie'] ?? []
    return /^instance=(\w+)/.exec(cookies.join())?.[1]
  }

  async close(): Promise<void> {
    await this.#end()
    await rm(this.#directory, { recursive: true, force: true })
  }

  #get(path: string): Promise<IncomingMessage | undefined> {
    return new Promise((resolve) => {
      const options = { ca: this.certificate, agent: false }
      get(`${this.origin}${path}`, options, (response) => {
        response.resume()
        response.on('end', () => resolve(response))
        response.on('error', () => resolve(undefined))
      }).on('error', () => resolve(undefined))
    })
  }
}

/** What the address bar of a reader shows. */
export function proxyOrigin(port: number): string {
  return `https://localhost:${port}`
}

async function haproxy({ directory, port, instances }: Places): Promise<[string, ...string[]]> {
  const file = join(directory, 'haproxy.cfg')
  const text = await readFile(join(CONFIGURATIONS, 'haproxy.cfg'), 'utf8')
  const replaced = replaceEach(text, [
    ['bind :443', `bind 127.0.0.1:${port}`],
    ['/etc/haproxy/', `${directory}/`],
    ['127.0.0.1:8001', `127.0.0.1:${instances[0]}`],
    ['127.0.0.1:8002', `127.0.0.1:${instances[1]}`],
  ])
  await writeFile(file, replaced)
  return ['haproxy', '-db', '-q', '-f', file]
}

async function nginx({ directory, port, instances }: Places): Promise<[string, ...string[]]> {
  const text = await readFile(join(CONFIGURATIONS, 'nginx.conf'), 'utf8')
  const replaced = replaceEach(text, [
    ['listen 443', `listen 127.0.0.1:${port}`],
    ['/etc/nginx/playground.crt', join(directory, 'playground.crt')],
    ['/etc/nginx/playground.key', join(directory, 'playground.key')],
    ['127.0.0.1:8001', `127.0.0.1:${instances[0]}`],
    ['127.0.0.1:8002', `127.0.0.1:${instances[1]}`],
  ])
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${directory}/${kind};`)
    .join(' ')
  const file = join(directory, 'nginx.conf')
  await writeFile(
    file,
    `daemon off; pid ${directory}/nginx.pid; error_log stderr; events {}
    http { access_log off; ${temporary} ${replaced} }`,
  )
  return ['nginx', '-q', '-p', directory, '-c', file]
}

function replaceEach(text: string, replacements: [string, string][]): string {
  return replacements.reduce((result, [from, to]) => {
    if (result.includes(from)) return result.replaceAll(from, to)
    throw new Error(`No "${from}" in the configuration: the docs and this test disagree`)
  }, text)
}

async function makeCertificate(directory: string): Promise<string> {
  const key = join(directory, 'playground.key')
  const certificate = join(directory, 'playground.crt')
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1']
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  const files = ['-keyout', key, '-out', certificate]
  await promisify(execFile)('openssl', ['req', '-x509', ...kind, ...subject, ...files])
  const text = await readFile(certificate, 'utf8')
  await writeFile(join(directory, 'playground.pem'), text + (await readFile(key, 'utf8')))
  return text
}
