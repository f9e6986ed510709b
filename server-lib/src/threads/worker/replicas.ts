import { type Replica, replicaOf } from '../../remote/replica.ts'
import type { ServerBlueprint } from '../../remote/server-blueprint.ts'
import { BaseServer } from '../../servers/base-server.ts'
import type { Calls } from '../calls.ts'
import type { Call } from '../messages.ts'

/** The replicas that a thread has made, one for each pair of server and handler classes. */
export class Replicas {
  readonly #parent: Calls<Call>
  readonly #made = new Map<string, Replica>()

  constructor(parent: Calls<Call>) {
    this.#parent = parent
  }

  /** Gives at once a replica that was made before. @throws whatever the import of a class throws. */
  get(blueprint: ServerBlueprint): Replica | Promise<Replica> {
    const { server, handler } = blueprint
    const key = [server.moduleUrl, server.exportName, handler.moduleUrl, handler.exportName].join(' ')
    return this.#made.get(key) ?? this.#make(key, blueprint)
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
    return replica
  }
}
