import { pipeline } from 'node:stream/promises'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { StreamSocket } from '../../sockets/stream-socket.ts'
import { PortStream } from '../port-stream.ts'

/** A connection whose bytes go to a thread and come from it. */
export interface Bridge {
  /** The thread's end. */
  port: MessagePort
  /** Resolves when the connection is closed, all that the thread has sent included. */
  closed: Promise<void>
  abort: () => void
}

/**
 * Carries the bytes of a connection to a thread and back until one of them closes it, for where the connection itself
 * cannot be handed over. `isDaemon` keeps it from holding the process.
 */
export function openBridge(connection: StreamSocket, isDaemon: boolean): Bridge {
  const { port1, port2 } = new MessageChannel()
  const far = new PortStream(port1)
  far.on('data', (chunk: Buffer) => {
    far.pause()
    connection.sendAll(chunk).then(
      () => far.resume(),
      (error: unknown) => far.destroy(error as Error),
    )
  })
  far.on('end', () => {
    StreamSocket.endWriting(connection)
  })
  far.on('noDelay', (noDelay: boolean) => {
    connection.setNoDelay(noDelay)
  })
  far.on('error', () => {
    // The thread has been told, or has told: what fails here is either the connection or the handler's end of it.
  })
  const closed = new Promise<void>((resolve) => {
    far.on('close', () => {
      if (!far.readableEnded) connection.abort()
      resolve(connection.close())
    })
  })
  void receiveInto(far, connection)
  if (isDaemon) {
    port1.unref()
    StreamSocket.unref(connection)
  }
  const abort = () => {
    far.destroy()
    connection.abort()
  }
  return { port: port2, closed, abort }
}

async function receiveInto(far: PortStream, connection: StreamSocket): Promise<void> {
  try {
    await pipeline(connection, far)
  } catch (error) {
    far.destroy(error as Error)
  }
}
