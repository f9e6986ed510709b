import { pipeline } from 'node:stream/promises'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { StreamSocket } from '../../sockets/stream-socket.ts'
import { PortStream } from '../port-stream.ts'

/**
 * Carries the bytes of a connection to a thread and back until one of them closes it; gives the port for the thread.
 * For where the connection itself cannot be handed over. `isDaemon` keeps it from holding the process.
 */
export function bridge(connection: StreamSocket, isDaemon: boolean): MessagePort {
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
  far.on('close', () => {
    if (far.readableEnded) void connection.close()
    else connection.abort()
  })
  void receiveInto(far, connection)
  if (isDaemon) {
    port1.unref()
    StreamSocket.unref(connection)
  }
  return port2
}

async function receiveInto(far: PortStream, connection: StreamSocket): Promise<void> {
  try {
    await pipeline(connection, far)
  } catch (error) {
    far.destroy(error as Error)
  }
}
