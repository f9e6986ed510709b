import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { waitFor } from './wait-for.ts'

const MAIN = fileURLToPath(new URL('../../playground/server/dist/main.js', import.meta.url))

export interface InstanceOptions {
  port: number
  docs: string
  env: Record<string, string>
}

/** A hosted server in a process of its own, which is there until somebody ends it. */
export class Instance {
  readonly port: number
  /** Resolves to the exit code, or to null if a signal ended it. */
  readonly exited: Promise<number | null>
  readonly #metricsPort: number
  readonly #kill: (signal: NodeJS.Signals) => void

  /** Resolves when the instance is ready. */
  static async start(options: InstanceOptions): Promise<Instance> {
    const instance = new Instance(options, await freePort())
    await waitFor(() => instance.isReady())
    return instance
  }

  private constructor({ port, docs, env }: InstanceOptions, metricsPort: number) {
    const own = { PLAY_HOSTED: '1', PLAY_HOST: '127.0.0.1', PLAY_METRICS_PORT: String(metricsPort) }
    const child = spawn(process.execPath, [MAIN, '--port', String(port), '--docs', docs], {
      env: { PATH: process.env['PATH'], ...own, ...env },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    this.port = port
    this.#metricsPort = metricsPort
    this.exited = once(child, 'exit').then(([code]) => code as number | null)
    this.#kill = (signal) => child.kill(signal)
  }

  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    this.#kill(signal)
    return this.exited
  }

  /** The value of a metric without labels. */
  async metric(name: string): Promise<number> {
    const response = await fetch(`http://127.0.0.1:${this.#metricsPort}/metrics`)
    const line = (await response.text()).split('\n').find((text) => text.startsWith(`${name} `))
    return Number(line?.split(' ')[1])
  }

  async isReady(): Promise<boolean> {
    const response = await fetch(`http://127.0.0.1:${this.port}/readyz`).catch(() => undefined)
    return response?.ok === true
  }
}

/** A port that was free a moment ago: what is to be reached at it is told before it listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
