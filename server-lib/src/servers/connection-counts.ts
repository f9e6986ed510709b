/** How many connections each address has open. */
export class ConnectionCounts {
  readonly #counts = new Map<string, number>()

  /** Counts one more, and gives how many there are now. */
  add(host: string): number {
    const count = (this.#counts.get(host) ?? 0) + 1
    this.#counts.set(host, count)
    return count
  }

  remove(host: string): void {
    const left = (this.#counts.get(host) ?? 0) - 1
    if (left > 0) this.#counts.set(host, left)
    else this.#counts.delete(host)
  }
}
