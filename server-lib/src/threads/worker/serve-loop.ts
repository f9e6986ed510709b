import { parentPort, workerData } from 'node:worker_threads'
import { nameThread, shareThreadCount } from '../../concurrency/current-thread.ts'
import { SystemExit } from '../../errors.ts'
import { encodeError } from '../../remote/error-message.ts'
import { assignFields, type Replica, replicaOf } from '../../remote/replica.ts'
import { answer, performOnLoop } from '../calls.ts'
import type { FromLoopThread, LoopCall, ThreadData, ToLoopThread } from '../messages.ts'
import { outputFlushed } from './output-flushed.ts'

// The program of a thread that runs a server's loop.

shareThreadCount((workerData as ThreadData).threadCount)

let made: Promise<Replica> | null = null

function post(message: FromLoopThread): void {
  parentPort?.postMessage(message)
}

parentPort?.on('message', (message: ToLoopThread) => {
  switch (message.kind) {
    case 'serve': {
      const { name, blueprint, fields } = message
      nameThread(name)
      made ??= replicaOf(blueprint)
      void serve(made, fields)
      break
    }
    case 'call':
      void answer(message, perform).then(post)
      break
  }
})

async function serve(made: Promise<Replica>, fields: Record<string, unknown>): Promise<void> {
  let server: Replica
  try {
    server = await made
    assignFields(server, fields)
    await server.listen()
  } catch (error) {
    post({ kind: 'failed', error: encodeError(error) })
    return
  }
  post({ kind: 'listening', serverAddress: server.serverAddress })
  try {
    await server.serveForever()
  } catch (error) {
    // As in Python, SystemExit ends a thread and says nothing.
    if (!(error instanceof SystemExit)) console.error(error)
  }
  await outputFlushed()
  post({ kind: 'stopped' })
}

async function perform(call: LoopCall): Promise<void> {
  const server = await made
  if (server === null) return
  await performOnLoop(server, call)
  if (call.method === 'shutdown') return
  await outputFlushed()
  // The thread ends by itself, when requests that serverClose() was not to wait for have finished.
  parentPort?.unref()
}
