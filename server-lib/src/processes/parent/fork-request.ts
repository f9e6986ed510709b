import { type AnyClass, referenceTo } from '../../remote/class-reference.ts'
import { blueprintOf } from '../../remote/server-blueprint.ts'
import { BaseServer } from '../../servers/base-server.ts'
import { refuse } from '../../servers/finish-request.ts'
import { Child } from './child.ts'
import { DepartingRequest } from './departing-request.ts'

/** A handler, as far as its request is concerned. */
interface Forking {
  readonly request: unknown
  readonly clientAddress: unknown
  readonly server: BaseServer<unknown, unknown>
}

const forks = new Set<Promise<void>>()

/** Resolves when the requests that this process has forked are over; the children would end with it. */
export async function forksFinished(): Promise<void> {
  await Promise.all(forks)
}

/** Finishes the request of a handler in a child process, by another method; resolves when the child has the request. */
export async function forkRequest(handler: Forking, method: string, args: unknown[]): Promise<void> {
  const { server, request, clientAddress } = handler
  const departing = new DepartingRequest(server, request, clientAddress)
  // Before the first await, so that a handler that does not wait for its fork cannot end the connection.
  departing.detach()
  let child: Child | null = null
  try {
    const handlerReference = await referenceTo(handler.constructor as AnyClass)
    const blueprint = { ...(await blueprintOf(server)), handler: handlerReference }
    child = new Child()
    const { end } = await departing.handOverTo(child, blueprint, { method, args })
    hold(server, settled(handler, child, end))
  } catch (error) {
    departing.abandon()
    child?.exit()
    throw error
  }
}

function hold(server: BaseServer<unknown, unknown>, fork: Promise<void>): void {
  forks.add(fork)
  void fork.then(() => forks.delete(fork))
  BaseServer.holdCloseOf(server, fork)
}

async function settled(
  { server, request, clientAddress }: Forking,
  child: Child,
  end: Promise<void>,
): Promise<void> {
  const kill = () => void child.kill()
  server.signal.addEventListener('abort', kill)
  try {
    await end
  } catch (error) {
    await refuse(server, request, clientAddress, error)
  }
  child.exit()
  await child.ended
  server.signal.removeEventListener('abort', kill)
}
