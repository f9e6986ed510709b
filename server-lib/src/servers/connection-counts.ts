/** How many connections each address has open. */
export class ConnectionCounts {
  readonly #counts = new Map<string, number>()

  of(host: string): number {
    return this.#counts.get(host) ?? 0
  }

  add(host: string): void {
    this.#counts.set(host, this.of(host) + 1)
  }

  remove(host: string): void {
    const left = this.of(host) - 1
    if (left > 0) this.#counts.set(host, left)
    else this.#counts.delete(host)
  }
}
