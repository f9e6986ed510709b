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
import { DescriptorWords } from '../descriptor-words.ts'
import { DirectSender } from './direct-sender.ts'
import { outputFlushed } from './output-flushed.ts'
import { receiveRequest, written } from './received-request.ts'
import { Replicas } from './replicas.ts'

// The program of a thread that serves requests, one at a time.

const { threadCount, slots } = workerData as RequestThreadData
shareThreadCount(threadCount)

const words = new DescriptorWords(slots)
const parent = new Calls<Call>(post)
const replicas = new Replicas(parent)
/** Connections that are not closed; those of earlier requests may still wait for their clients to end. */
const connections = new Set<Connection>()
/** Requests that came while another was served. */
const queue: ServeMessage[] = []
let sender: DirectSender | null = null
let isBusy = false
let isEnding = false

function post(message: FromRequestThread): void {
  parentPort?.postMessage(message)
}

parentPort?.on('message', (message: ToRequestThread) => {
  switch (message.kind) {
    case 'serve':
      queue.push(message)
      if (!isBusy) void serveQueue()
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

post({ kind: 'free', hasClaimed: false })

async function serveQueue(): Promise<void> {
  isBusy = true
  let message = claimNext()
  if (message?.isQueued === true) post({ kind: 'claimed' })
  while (message !== null) {
    const error = await serve(message)
    message = claimNext()
    const free: FromRequestThread = { kind: 'free', hasClaimed: message !== null }
    post(error === null ? free : { ...free, error: encodeError(error) })
  }
  isBusy = false
  endWhenDone()
}

/** The next request that was not withdrawn, and cannot be any more. */
function claimNext(): ServeMessage | null {
  for (let message = queue.shift(); message !== undefined; message = queue.shift()) {
    const { request, state } = message
    replicas.tell(state)
    if (request.kind !== 'descriptor' || words.claim(request.slot)) return message
    post({ kind: 'passed' })
  }
  return null
}

/** Resolves, when the thread is free for the next request, to what has kept this one from being served. */
async function serve({ name, request, lent, clientAddress }: ServeMessage): Promise<unknown> {
  nameThread(name)
  let connection: Connection | null = null
  try {
    if (lent !== null) sender = new DirectSender(lent)
    const received = receiveRequest(request, parent, sender, words)
    connection = received.connection
    if (connection !== null) track(connection)
    const made = replicas.get()
    const replica = made instanceof Promise ? await made : made
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
