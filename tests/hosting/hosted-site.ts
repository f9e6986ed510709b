import { freePort, Instance, type InstanceOptions } from './instance.ts'
import { ReverseProxy, proxyOrigin, type ProxyName } from './reverse-proxy.ts'

/** Two instances behind a proxy, as the docs say. */
export class HostedSite {
  readonly proxy: ReverseProxy
  readonly instances: [Instance, Instance]
  readonly #options: Omit<InstanceOptions, 'port'>

  static async open(name: ProxyName, { docs, env }: Omit<InstanceOptions, 'port'>): Promise<HostedSite> {
    const [port, ...ports] = [await freePort(), await freePort(), await freePort()] as const
    const options = { docs, env: { PLAY_ORIGINS: proxyOrigin(port), PLAY_PROXIES: '1', ...env } }
    const [one, two] = ports
    const instances = await Promise.all([
      Instance.start({ port: one, ...options }),
      Instance.start({ port: two, ...options }),
    ])
    return new HostedSite(await ReverseProxy.start(name, { port, instances: ports }), instances, options)
  }

  private constructor(
    proxy: ReverseProxy,
    instances: [Instance, Instance],
    options: Omit<InstanceOptions, 'port'>,
  ) {
    this.proxy = proxy
    this.instances = instances
    this.#options = options
  }

  /** The instance that has the only session, and the other one. */
  async servingFirst(): Promise<[Instance, Instance]> {
    const [one, two] = this.instances
    return (await one.metric('playground_sessions_open')) === 1 ? [one, two] : [two, one]
  }

  /** Starts an instance that has ended again. */
  async startAgain(index: 0 | 1): Promise<void> {
    this.instances[index] = await Instance.start({ port: this.instances[index].port, ...this.#options })
  }

  async close(): Promise<void> {
    await Promise.all([this.proxy.close(), ...this.instances.map((instance) => instance.end('SIGKILL'))])
  }
}
