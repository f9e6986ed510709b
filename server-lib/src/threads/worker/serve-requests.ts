import { parentPort, workerData } from 'node:worker_threads'
import { nameThread, shareThreadCount } from '../../concurrency/current-thread.ts'
import { SystemExit } from '../../errors.ts'
import { encodeError } from '../../remote/error-message.ts'
import { serveOn } from '../../remote/replica.ts'
import type { Connection } from '../../sockets/stream-socket.ts'
import { Calls } from '../calls.ts'
import type {
  Call,
  FromRequestThread,
  RequestThreadData,
  ServeMessage,
  ToRequestThread,
} from '../messages.ts'
import { DirectSender } from './direct-sender.ts'
import { outputFlushed } from './output-flushed.ts'
import { receiveRequest, written } from './received-request.ts'
import { Replicas } from './replicas.ts'

// The program of a thread that serves requests, one at a time.

shareThreadCount((workerData as RequestThreadData).threadCount)

const parent = new Calls<Call>(post)
const replicas = new Replicas(parent)
/** Connections that are not closed; those of earlier requests may still wait for their clients to end. */
const connections = new Set<Connection>()
let sender: DirectSender | null = null
let isBusy = false
let isEnding = false

function post(message: FromRequestThread): void {
  parentPort?.postMessage(message)
}

parentPort?.on('message', (message: ToRequestThread) => {
  switch (message.kind) {
    case 'serve':
      isBusy = true
      void serve(message).then((error) => {
        isBusy = false
        post(error === null ? { kind: 'free' } : { kind: 'free', error: encodeError(error) })
        endWhenDone()
      })
      break
    case 'answer':
      parent.settle(message)
      break
    case 'abort':
      replicas.abortRequests()
      break
    case 'end':
      isEnding = true
      endWhenDone()
      break
  }
})

post({ kind: 'free' })

/** Resolves, when the thread is free for the next request, to what has kept this one from being served. */
async function serve({ name, state, request, lent, clientAddress }: ServeMessage): Promise<unknown> {
  nameThread(name)
  let connection: Connection | null = null
  try {
    if (lent !== null) sender = new DirectSender(lent)
    const received = receiveRequest(request, parent, sender)
    connection = received.connection
    if (connection !== null) track(connection)
    const told = replicas.tell(state)
    const replica = told instanceof Promise ? await told : told
    await serveOn(replica, received.request, clientAddress)
  } catch (error) {
    // As in Python, SystemExit ends a thread and says nothing.
    if (!(error instanceof SystemExit)) {
      connection?.destroy()
      return error
    }
  }
  // The next request may block this thread, and must not hold back what this one has sent.
  if (connection !== null) await written(connection)
  await outputFlushed()
  return null
}

function track(connection: Connection): void {
  connections.add(connection)
  connection.once('close', () => {
    connections.delete(connection)
    endWhenDone()
  })
}

function endWhenDone(): void {
  if (!isEnding || isBusy || connections.size > 0) return
  // What a handler has left behind, a timer or a socket of its own, does not hold a thread that nobody needs.
  void outputFlushed().then(() => process.exit())
}
