import { inspect } from 'node:util'
import { type DatagramRequest, DatagramSocket } from '../../sockets/datagram-socket.ts'
import { socketOver } from '../../sockets/socket-over.ts'
import { StreamSocket, type StreamState } from '../../sockets/stream-socket.ts'
import type { RequestMessage } from '../messages.ts'
import { type Bridge, openBridge } from './bridge.ts'
import type { DescriptorCalls, DescriptorSlot } from './descriptors.ts'

/** Sends a datagram of a thread through its server's socket. */
type Send = (data: Uint8Array | string, address: unknown) => Promise<number>

/** A request on its way to a thread. */
export interface Parcel {
  message: RequestMessage
  /** Called once the request cannot be withdrawn any more. */
  claimed: () => void
  /** Set where the bytes of a stream go over a bridge. */
  bridge: Bridge | null
  /** Set for a datagram. */
  send: Send | null
}

/** Whether a request can wait in the queue of a thread, and be withdrawn from it: a connection that was not used yet. */
export function isQueueable(request: unknown, calls: DescriptorCalls | null): boolean {
  return calls !== null && request instanceof StreamSocket && StreamSocket.unusedState(request) !== null
}

/** Puts a request that {@link isQueueable} into the queue of a thread; null if its descriptor cannot be had. */
export function queuedParcelOf(
  request: unknown,
  slot: DescriptorSlot,
  calls: DescriptorCalls | null,
): Parcel | null {
  if (!(request instanceof StreamSocket) || calls === null) return null
  const state = StreamSocket.unusedState(request)
  if (state === null || !offer(request, slot, calls)) return null
  const message: RequestMessage = { kind: 'descriptor', slot: slot.index, state }
  return { message, claimed: () => void release(request), bridge: null, send: null }
}

/**
 * Puts a request on its way; from then on it is the thread's.
 * @throws {TypeError} if the request is neither a stream nor a datagram of this library.
 */
export function parcelOf(
  request: unknown,
  slot: DescriptorSlot,
  calls: DescriptorCalls | null,
  isDaemon: boolean,
): Parcel {
  if (request instanceof StreamSocket) {
    return handOver(request, slot, calls) ?? bridgeOver(request, isDaemon)
  }
  if (isDatagram(request)) {
    const [data, socket] = request
    const { localAddress } = socket
    return {
      // Copied, because a slice would be sent with all that it is cut from.
      message: { kind: 'datagram', data: new Uint8Array(data), localAddress },
      claimed: () => {},
      bridge: null,
      send: (bytes, address) => DatagramSocket.relay(socket, bytes, address),
    }
  }
  throw new TypeError(
    `Cannot serve request ${inspect(request)} in a thread: a StreamSocket or a pair of data and DatagramSocket is required`,
  )
}

/** Whether it is a request of a datagram server. */
export function isDatagram(request: unknown): request is DatagramRequest<unknown> {
  return Array.isArray(request) && request[1] instanceof DatagramSocket
}

function handOver(
  connection: StreamSocket,
  slot: DescriptorSlot,
  calls: DescriptorCalls | null,
): Parcel | null {
  if (calls === null || !offer(connection, slot, calls)) return null
  const message: RequestMessage = { kind: 'descriptor', slot: slot.index, state: release(connection) }
  return { message, claimed: () => {}, bridge: null, send: null }
}

function offer(connection: StreamSocket, slot: DescriptorSlot, calls: DescriptorCalls): boolean {
  const descriptor = StreamSocket.handleOf(connection)?.fd ?? -1
  const copy = descriptor === -1 ? -1 : calls.duplicate(descriptor)
  if (copy === -1) return false
  slot.put(copy, calls)
  return true
}

/** Closes the connection here, where it is open in a thread too. */
function release(connection: StreamSocket): StreamState {
  const { raw, state } = StreamSocket.detach(connection)
  // An end() would end the connection for the thread too.
  raw.destroy()
  return state
}

function bridgeOver(connection: StreamSocket, isDaemon: boolean): Parcel {
  const { localAddress } = connection
  const bridge = openBridge(takenOut(connection), isDaemon)
  const message: RequestMessage = { kind: 'bridge', port: bridge.port, localAddress }
  return { message, claimed: () => {}, bridge, send: null }
}

// The server must not count, wait for or end the connection any more, just as if its descriptor had been handed over.
function takenOut(connection: StreamSocket): StreamSocket {
  const handle = StreamSocket.handleOf(connection)
  if (handle === null) return connection
  const { raw, state } = StreamSocket.detach(connection)
  Object.assign(raw, { _handle: null }).destroy()
  return StreamSocket.attach(socketOver(handle), state)
}
