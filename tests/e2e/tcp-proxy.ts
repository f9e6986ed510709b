import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** The network between a page and its server, which a test can take away. */
export class TcpProxy {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #targetPort = 0
  #isUp = true

  static async open(): Promise<TcpProxy> {
    const proxy = new TcpProxy()
    proxy.#server.listen(0, '127.0.0.1')
    await once(proxy.#server, 'listening')
    return proxy
  }

  private constructor() {
    this.#server = createServer((near) => this.#join(near))
  }

  get origin(): string {
    const { port } = this.#server.address() as AddressInfo
    return `http://127.0.0.1:${port}`
  }

  /** From now on connections lead to this port. */
  leadTo(port: number): void {
    this.#targetPort = port
  }

  /** Resets every connection, and each new one until `mend()`. */
  cut(): void {
    this.#isUp = false
    for (const socket of this.#sockets) socket.resetAndDestroy()
  }

  /** The connections that stand carry nothing any more, not even the end of one of their sides; new ones do. */
  freeze(): void {
    for (const socket of this.#sockets) socket.unpipe().pause().removeAllListeners('close')
  }

  mend(): void {
    this.#isUp = true
  }

  async close(): Promise<void> {
    this.cut()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #join(near: Socket): void {
    if (!this.#isUp) {
      near.resetAndDestroy()
      return
    }
    const far = connect(this.#targetPort, '127.0.0.1')
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(socket)
      socket.on('error', () => other.destroy())
      socket.once('close', () => {
        this.#sockets.delete(socket)
        other.destroy()
      })
    }
    near.pipe(far).pipe(near)
  }
}
