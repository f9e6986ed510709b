const MAX_KNOWN = 1024

/** Socket addresses as the system takes them, encoded once: a server sends to the same clients again and again. */
export class KnownSockaddrs {
  readonly #known = new Map<string, Buffer>()

  get(key: string): Buffer | undefined {
    return this.#known.get(key)
  }

  add(key: string, sockaddr: Buffer): Buffer {
    if (this.#known.size === MAX_KNOWN) this.#known.clear()
    this.#known.set(key, sockaddr)
    return sockaddr
  }
}
