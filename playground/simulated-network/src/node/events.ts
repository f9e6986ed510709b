type Listener = (...args: never[]) => unknown

interface Entry {
  readonly listener: Listener
  readonly isOnce: boolean
}

/** What the library and readers' programs use of Node's EventEmitter. */
export class EventEmitter {
  readonly #entries = new Map<string | symbol, readonly Entry[]>()

  on(name: string | symbol, listener: Listener): this {
    return this.#add(name, { listener, isOnce: false })
  }

  addListener(name: string | symbol, listener: Listener): this {
    return this.on(name, listener)
  }

  once(name: string | symbol, listener: Listener): this {
    return this.#add(name, { listener, isOnce: true })
  }

  off(name: string | symbol, listener: Listener): this {
    const entries = this.#entries.get(name) ?? []
    const index = entries.findLastIndex((entry) => entry.listener === listener)
    if (index !== -1) this.#entries.set(name, entries.toSpliced(index, 1))
    return this
  }

  removeListener(name: string | symbol, listener: Listener): this {
    return this.off(name, listener)
  }

  removeAllListeners(name?: string | symbol): this {
    if (name === undefined) this.#entries.clear()
    else this.#entries.delete(name)
    return this
  }

  listenerCount(name: string | symbol): number {
    return this.#entries.get(name)?.length ?? 0
  }

  /** False if nobody listens. @throws the error of an 'error' for which nobody listens. */
  emit(name: string | symbol, ...args: unknown[]): boolean {
    const entries = this.#entries.get(name) ?? []
    if (entries.length === 0 && name === 'error') throw args[0]
    for (const entry of entries) {
      if (entry.isOnce) this.off(name, entry.listener)
      Reflect.apply(entry.listener, this, args)
    }
    return entries.length > 0
  }

  #add(name: string | symbol, entry: Entry): this {
    this.#entries.set(name, [...(this.#entries.get(name) ?? []), entry])
    return this
  }
}

/** Resolves to the arguments of the next event; rejects at an 'error'. */
export function once(emitter: EventEmitter, name: string): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    const succeed = (...args: unknown[]): void => {
      emitter.off('error', fail)
      resolve(args)
    }
    const fail = (error: Error): void => {
      emitter.off(name, succeed)
      reject(error)
    }
    emitter.once(name, succeed)
    if (name !== 'error') emitter.once('error', fail)
  })
}

export default Object.assign(EventEmitter, { EventEmitter, once })
