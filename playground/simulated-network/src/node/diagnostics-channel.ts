type Listener = (message: unknown, name: string) => void

/** What the library and the reporter use of a channel of Node. */
class Channel {
  readonly name: string
  readonly #listeners: Listener[] = []

  constructor(name: string) {
    this.name = name
  }

  get hasSubscribers(): boolean {
    return this.#listeners.length > 0
  }

  subscribe(listener: Listener): void {
    this.#listeners.push(listener)
  }

  publish(message: unknown): void {
    for (const listener of this.#listeners) listener(message, this.name)
  }
}

const channels = new Map<string, Channel>()

export function channel(name: string): Channel {
  const known = channels.get(name)
  if (known !== undefined) return known
  const opened = new Channel(name)
  channels.set(name, opened)
  return opened
}

export function subscribe(name: string, listener: Listener): void {
  channel(name).subscribe(listener)
}
