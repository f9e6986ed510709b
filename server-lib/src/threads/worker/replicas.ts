import { assignFields, type Replica, replicaOf } from '../../remote/replica.ts'
import type { ServerBlueprint } from '../../remote/server-blueprint.ts'
import { BaseServer } from '../../servers/base-server.ts'
import type { Calls } from '../calls.ts'
import type { Call, ServerState } from '../messages.ts'

/** The replicas that a thread has made, one for each pair of server and handler classes. */
export class Replicas {
  readonly #parent: Calls<Call>
  readonly #made = new Map<string, Replica>()
  #blueprint: ServerBlueprint | null = null
  readonly #fields: Record<string, unknown> = {}

  constructor(parent: Calls<Call>) {
    this.#parent = parent
  }

  /** What has changed of the server. */
  tell({ blueprint, fields }: ServerState): void {
    Object.assign(this.#fields, fields)
    this.#blueprint = blueprint ?? this.#blueprint
  }

  /**
   * The replica with the fields that its server has now, whatever handlers have changed in it: at once where it was
   * made before. @throws whatever the import of a class throws.
   */
  get(): Replica | Promise<Replica> {
    if (this.#blueprint === null)
      throw new TypeError('The first request came without the blueprint of its server')
    const { server, handler } = this.#blueprint
    const key = [server.moduleUrl, server.exportName, handler.moduleUrl, handler.exportName].join(' ')
    const made = this.#made.get(key)
    if (made === undefined) return this.#make(key, this.#blueprint)
    assignFields(made, this.#fields)
    return made
  }

  /** Aborts the signal of every handler. */
  abortRequests(): void {
    for (const replica of this.#made.values()) BaseServer.abortRequests(replica)
  }

  async #make(key: string, blueprint: ServerBlueprint): Promise<Replica> {
    const replica = await replicaOf(blueprint)
    // A handler may end its server, whose loop runs where this thread was started.
    BaseServer.serveElsewhere(replica, {
      shutdown: async () => {
        await this.#parent.call({ method: 'shutdown' })
      },
      serverClose: async (options) => {
        await this.#parent.call({ method: 'serverClose', options })
      },
    })
    this.#made.set(key, replica)
    assignFields(replica, this.#fields)
    return replica
  }
}
