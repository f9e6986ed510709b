import type { BaseServer } from '../servers/base-server.ts'
import { type AnyClass, type ClassReference, referenceTo, referenceToServer } from './class-reference.ts'
import { encodeField } from './fields.ts'

/** What a thread or child process needs to build a replica of a server; plain data that can be cloned. */
export interface ServerBlueprint {
  server: ClassReference
  handler: ClassReference
  serverAddress: unknown
}

/** Own properties that are the library's and not the server's state; the address travels in the blueprint. */
const INTERNAL = new Set(['pending', 'RequestHandlerClass', 'serverAddress'])

const classes = new WeakMap<AnyClass, Map<AnyClass, Pick<ServerBlueprint, 'server' | 'handler'>>>()

/**
 * Called for each request, because the handler class may be exchanged while serving; looks up a pair of classes once.
 * @throws {SocketServerError} ERR_NOT_EXPORTED
 */
export function blueprintOf(
  server: BaseServer<unknown, unknown>,
): ServerBlueprint | Promise<ServerBlueprint> {
  const Server = server.constructor as AnyClass
  const known = classes.get(Server)?.get(server.RequestHandlerClass)
  if (known !== undefined) return { ...known, serverAddress: server.serverAddress }
  return findClasses(server, Server)
}

async function findClasses(server: BaseServer<unknown, unknown>, Server: AnyClass): Promise<ServerBlueprint> {
  const Handler = server.RequestHandlerClass
  const pair = { handler: await referenceTo(Handler), server: await referenceToServer(Server) }
  const handlers = classes.get(Server) ?? new Map<AnyClass, typeof pair>()
  classes.set(Server, handlers.set(Handler, pair))
  return { ...pair, serverAddress: server.serverAddress }
}

/** The server's own fields as they are now, without those that cannot be cloned (a function, a socket). */
export function fieldsOf(server: object): Record<string, unknown> {
  const fields: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(server)) {
    if (INTERNAL.has(name)) continue
    const encoded = encodeField(value)
    if (encoded !== undefined) fields[name] = encoded.value
  }
  return fields
}
