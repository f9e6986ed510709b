import { inspect } from 'node:util'
import { BaseServer } from '../servers/base-server.ts'
import { LoopThread, type ServerThread } from '../threads/parent/loop-thread.ts'

const threads = new WeakMap<object, LoopThread>()

/**
 * Runs `serveForever()` of a server in a thread of its own; resolves when clients can reach it, at its `serverAddress`.
 * The thread listens itself, on a replica of the server with its fields as they are now; `shutdown()` and `serverClose()`
 * of `server` reach it there, and after `shutdown()` this can be called again. The thread ends with the main thread, and
 * the requests in it end with the thread. For programs whose main thread has other work.
 * Follows `threading.Thread(target=server.serve_forever)` with `setDaemon(True)`, as in Python's documentation.
 * @throws {TypeError} for what is not a server.
 * @throws {SocketServerError} ERR_ALREADY_SERVING if the server listens here already; ERR_NOT_EXPORTED unless the
 * classes of server and handler are exported from their modules; system errors such as EADDRINUSE as they are.
 */
export async function serveInThread(
  server: Pick<BaseServer<unknown, unknown>, 'serveForever' | 'shutdown' | 'serverClose'>,
): Promise<ServerThread> {
  if (!(server instanceof BaseServer)) {
    throw new TypeError(`Cannot serve ${inspect(server)} in a thread: a server of this library is required`)
  }
  let thread = threads.get(server)
  if (thread === undefined || thread.hasEnded) {
    thread = new LoopThread(server)
    threads.set(server, thread)
  }
  return await thread.serve()
}
