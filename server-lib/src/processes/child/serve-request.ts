import { SystemExit } from '../../errors.ts'
import { encodeError } from '../../remote/error-message.ts'
import { RemoteDatagramSocket } from '../../remote/remote-datagram-socket.ts'
import { assignFields, type Replica, replicaOf, serveOn } from '../../remote/replica.ts'
import { socketOver } from '../../sockets/socket-over.ts'
import { StreamSocket } from '../../sockets/stream-socket.ts'
import { decodeCopy } from '../copy.ts'
import type { FinishedMessage, RequestContext, ServeMessage } from '../messages.ts'
import { sendThroughParent } from './parent-link.ts'

type HandlerClass = Replica['RequestHandlerClass']

const FINISHED: FinishedMessage = { type: 'finished', error: null, exiting: false }

/** Connections whose requests are over and whose last bytes may still be on their way. */
const closing = new Set<Promise<void>>()

/** Serves one request, and gives what the parent is told of its end. */
export async function serveRequest(message: ServeMessage, handle: unknown): Promise<FinishedMessage> {
  const { request } = message
  if (request.kind === 'datagram') {
    const socket = new RemoteDatagramSocket(request.localAddress, sendThroughParent)
    return await serve(message, [Buffer.from(request.data), socket])
  }
  // Where the system has not passed the connection on, its client has gone.
  if (handle === undefined) return FINISHED
  const raw = socketOver(handle)
  const connection = StreamSocket.attach(raw, request)
  const closed = new Promise<void>((resolve) => {
    raw.once('close', () => {
      resolve()
    })
  })
  closing.add(closed)
  void closed.then(() => closing.delete(closed))
  const end = await serve(message, connection)
  // What an overridden shutdownRequest() has left open ends with its request, as it would with the process.
  if (!raw.writableEnded) void connection.close()
  return end
}

/** Resolves when the peers of all connections have got what was sent to them. */
export async function connectionsClosed(): Promise<void> {
  await Promise.all(closing)
}

async function serve(message: ServeMessage, request: unknown): Promise<FinishedMessage> {
  try {
    await serveOn(await replicaFor(message), request, message.clientAddress)
    return FINISHED
  } catch (error) {
    if (!(error instanceof SystemExit)) {
      // Not of the handler, whose errors the replica reports: there is no replica.
      return { ...FINISHED, error: encodeError(error) }
    }
    process.exitCode = error.code
    return { ...FINISHED, exiting: true }
  }
}

// A fresh replica for each request, because each gets the state of the parent and not that of the request before.
async function replicaFor({ blueprint, context }: ServeMessage): Promise<Replica> {
  const { fields, call } = decodeCopy(context) as RequestContext
  const replica = await replicaOf(blueprint)
  assignFields(replica, fields)
  if (call !== null) replica.RequestHandlerClass = calling(replica.RequestHandlerClass, call)
  return replica
}

/** The handler class with one of its other methods in place of `handle()`, for an explicit fork. */
function calling(Handler: HandlerClass, { method, args }: NonNullable<RequestContext['call']>): HandlerClass {
  return class extends Handler {
    // A field, because a handler may define its own handle() as one.
    handle = () => (this as unknown as Record<string, (...args: unknown[]) => unknown>)[method]?.(...args)
  }
}
