import { encodeError } from '../../remote/error-message.ts'
import { replicaOf } from '../../remote/replica.ts'
import type { ToChild } from '../messages.ts'
import { forksFinished } from '../parent/fork-request.ts'
import { tellParent, whenSent } from './parent-link.ts'
import { connectionsClosed, serveRequest } from './serve-request.ts'
import { warmUp } from './warm-up.ts'

// The program of a child process: serves the requests that its parent hands over, one at a time.

async function act(message: ToChild, handle: unknown): Promise<void> {
  switch (message.type) {
    case 'prepare':
      await replicaOf(message.blueprint)
      await warmUp()
      tellParent({ type: 'ready' })
      break
    case 'serve':
      tellParent(await serveRequest(message, handle))
      break
    case 'sent':
      whenSent(message)
      break
    case 'exit':
      await Promise.all([connectionsClosed(), forksFinished()])
      process.exit()
  }
}

process.on('message', (message: ToChild, handle: unknown) => {
  act(message, handle).catch((error: unknown) => {
    tellParent({ type: 'finished', error: encodeError(error), exiting: true })
  })
})

// Ctrl-C on a terminal reaches the children too, where it must not end the requests that their parent still waits for.
process.on('SIGINT', () => {})

// The parent has ended, or has been killed: a child must not outlive it.
process.once('disconnect', () => process.exit())
