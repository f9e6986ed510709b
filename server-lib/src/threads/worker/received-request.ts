import { Socket } from 'node:net'
import { RemoteDatagramSocket } from '../../remote/remote-datagram-socket.ts'
import { type Connection, StreamSocket } from '../../sockets/stream-socket.ts'
import type { Calls } from '../calls.ts'
import type { DescriptorWords } from '../descriptor-words.ts'
import type { Call, RequestMessage } from '../messages.ts'
import { BridgedSocket } from './bridged-socket.ts'
import type { DirectSender } from './direct-sender.ts'

/** A request as a handler takes it, and the connection under it, if it is a stream. */
export interface ReceivedRequest {
  request: unknown
  connection: Connection | null
}

/** Makes a request of what has come from the parent, through which a datagram handler sends. */
export function receiveRequest(
  message: RequestMessage,
  parent: Calls<Call>,
  sender: DirectSender | null,
  words: DescriptorWords,
): ReceivedRequest {
  switch (message.kind) {
    case 'descriptor': {
      const connection = adoptDescriptor(words, message.slot)
      return { request: StreamSocket.attach(connection, message.state), connection }
    }
    case 'bridge': {
      const connection = new BridgedSocket(message.port, message.localAddress)
      return { request: new StreamSocket(connection), connection }
    }
    case 'datagram': {
      const { buffer, byteOffset, byteLength } = message.data
      const socket = new RemoteDatagramSocket(message.localAddress, async (data, address) => {
        const sent = sender?.trySend(data, address)
        return sent ?? ((await parent.call({ method: 'send', data, address })) as number)
      })
      return { request: [Buffer.from(buffer, byteOffset, byteLength), socket], connection: null }
    }
  }
}

function adoptDescriptor(words: DescriptorWords, slot: number): Socket {
  // Until the word is cleared the parent may believe the descriptor to be its own, and tells by the inode that it is not.
  const fd = words.claimedDescriptor(slot)
  const socket = new Socket({ fd, allowHalfOpen: true, readable: true, writable: true })
  words.clear(slot)
  return socket
}

/** Resolves when all that was sent, and the end of it if that was sent, is with the kernel or never can be. */
export function written(connection: Connection): void | Promise<void> {
  if (!connection.writableEnded || connection.writableFinished || connection.destroyed) return undefined
  return new Promise((resolve) => {
    connection.once('finish', resolve).once('close', resolve)
  })
}
