import { fieldsOf, type ServerBlueprint } from '../../remote/server-blueprint.ts'
import type { BaseServer } from '../../servers/base-server.ts'
import type { ServerState } from '../messages.ts'

/**
 * What a thread was told of its server. A request carries only what has changed since the one before, because most of
 * the time that a message to a thread takes goes by its size.
 */
export class ToldState {
  #blueprint: ServerBlueprint | null = null
  readonly #fields = new Map<string, unknown>()

  /** What the thread has to be told before the next request. */
  changesOf(server: BaseServer<unknown, unknown>, blueprint: ServerBlueprint): ServerState {
    const isKnown = this.#blueprint !== null && isSame(this.#blueprint, blueprint)
    this.#blueprint = blueprint
    const fields = fieldsOf(server)
    for (const [name, value] of Object.entries(fields)) {
      // What is in an object may have changed.
      if (typeof value === 'object' && value !== null) this.#fields.delete(name)
      else if (this.#fields.has(name) && this.#fields.get(name) === value)
        Reflect.deleteProperty(fields, name)
      else this.#fields.set(name, value)
    }
    return { blueprint: isKnown ? null : blueprint, fields }
  }

  /** The thread was not told after all. */
  forget(): void {
    this.#blueprint = null
    this.#fields.clear()
  }
}

function isSame(one: ServerBlueprint, other: ServerBlueprint): boolean {
  const { server, handler, serverAddress } = one
  return server === other.server && handler === other.handler && serverAddress === other.serverAddress
}
