import { ACKNOWLEDGE_EVERY_BYTES, type Address, type SourceFile } from '@playground/protocol'
import type { SessionConnection } from '../session-connection.ts'

/** A run whose output nobody looks at. */
export interface LaunchedProgram {
  readonly run: number
  readonly listening: Promise<Address>
  /** Resolves to how it has ended, in words. */
  readonly ended: Promise<string>
  /** Resolves when it has ended. */
  stop(): Promise<void>
}

/** Starts a program; its entry is the first of the files. */
export async function launchProgram(
  session: SessionConnection,
  files: [SourceFile, ...SourceFile[]],
  words: string[],
): Promise<LaunchedProgram> {
  let listen: (address: Address) => void = () => undefined
  let end: (how: string) => void = () => undefined
  const listening = new Promise<Address>((resolve) => (listen = resolve))
  const ended = new Promise<string>((resolve) => (end = resolve))
  let unacknowledgedBytes = 0
  const run = await session.start({ entry: files[0].name, files, arguments: words }, (event) => {
    if (event.type === 'output') {
      unacknowledgedBytes += event.data.length
      if (unacknowledgedBytes < ACKNOWLEDGE_EVERY_BYTES) return
      session.acknowledge(event.run, unacknowledgedBytes)
      unacknowledgedBytes = 0
    }
    if (event.type === 'listening') listen(event.address)
    if (event.type === 'exited') end(event.limit ?? `it ended with ${event.signal ?? event.code}`)
    if (event.type === 'start-failed' || event.type === 'refused' || event.type === 'lost') end(event.message)
  })
  return {
    run,
    listening,
    ended,
    async stop() {
      session.send({ type: 'stop', run })
      await ended
    },
  }
}
