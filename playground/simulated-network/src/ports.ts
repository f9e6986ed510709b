import type { NetworkAddress } from './network-messages.ts'

/** Where Linux takes free ports from. */
const FIRST_FREE_PORT = 32_768
const LAST_FREE_PORT = 60_999

/** The ports of one protocol that are in use, with the number of sockets that use each. */
export class Ports {
  readonly #users = new Map<number, number>()
  #next = FIRST_FREE_PORT

  /** Gives the address with a free port in the place of 0, and counts its user. */
  bind({ host, port }: NetworkAddress): NetworkAddress {
    const actual = port === 0 ? this.#free() : port
    this.use(actual)
    return { host, port: actual }
  }

  use(port: number): void {
    this.#users.set(port, (this.#users.get(port) ?? 0) + 1)
  }

  release(port: number): void {
    const users = (this.#users.get(port) ?? 1) - 1
    if (users === 0) this.#users.delete(port)
    else this.#users.set(port, users)
  }

  #free(): number {
    while (this.#users.has(this.#next)) this.#advance()
    const port = this.#next
    this.#advance()
    return port
  }

  #advance(): void {
    this.#next = this.#next === LAST_FREE_PORT ? FIRST_FREE_PORT : this.#next + 1
  }
}
