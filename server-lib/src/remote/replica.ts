import type { RequestHandlerClass } from '../handlers/base-request-handler.ts'
import type { BaseServer } from '../servers/base-server.ts'
import { finisherOf } from '../servers/finish-request.ts'
import { decodeField } from './fields.ts'
import { importClass } from './import-class.ts'
import type { ServerBlueprint } from './server-blueprint.ts'

/** A server that stands in a thread or child process for the one that accepts. */
export type Replica = BaseServer<unknown, unknown>

/** Constructs the replica: the same classes, the same address, and nothing bound. */
export async function replicaOf({ server, handler, serverAddress }: ServerBlueprint): Promise<Replica> {
  const Handler = (await importClass(handler)) as RequestHandlerClass<unknown, unknown>
  const ServerClass = (await importClass(server)) as new (
    address: unknown,
    handler: typeof Handler,
  ) => Replica
  return new ServerClass(serverAddress, Handler)
}

/** Gives the replica the fields of the server as they were when the request was handed over. */
export function assignFields(replica: Replica, fields: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(fields)) Reflect.set(replica, name, decodeField(value))
}

/** Serves one request: finishes it, reports what it throws, and shuts it down. @throws {SystemExit} of the handler. */
export async function serveOn(replica: Replica, request: unknown, clientAddress: unknown): Promise<void> {
  const exit = await finisherOf(replica)(request, clientAddress)
  if (exit !== null) throw exit
}
