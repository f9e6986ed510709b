import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { handleOf } from './socket-handle.ts'

const SHARED_BYTES = 64 * 1024

/** Called with a buffer whose first `count` bytes have arrived; it is only the callee's until it returns. */
type Receive<Self> = (this: Self, count: number, buffer: Buffer) => void

/** The symbols under which a net.Socket keeps what its option `onread` says; null where Node does it in another way. */
const ON_READ = onReadOf(new Socket())

let shared: Buffer | null = null

/**
 * Has what `socket` receives given to `receive`, without a buffer and a queue of its own: the kernel writes into one
 * buffer that all sockets of the thread share. It is what the option `onread` of net.Socket does, which only its constructor
 * takes, and Node constructs the sockets of a server. False, and nothing is changed, for what is not a plain socket of Node.
 */
export function receiveInto<Self extends Duplex>(socket: Self, receive: Receive<Self>): boolean {
  if (ON_READ === null || !(socket instanceof Socket) || 'encrypted' in socket) return false
  const handle = handleOf(socket)
  // What has arrived before is in the socket's own queue.
  if (handle === null || socket.readableLength > 0) return false
  shared ??= Buffer.allocUnsafeSlow(SHARED_BYTES)
  Reflect.set(socket, ON_READ.buffer, shared)
  Reflect.set(socket, ON_READ.callback, receive)
  handle.useUserBuffer(shared)
  return true
}

function onReadOf(socket: Socket): { buffer: symbol; callback: symbol } | null {
  const symbols = Object.getOwnPropertySymbols(socket)
  const buffer = symbols.find(({ description }) => description === 'kBuffer')
  const callback = symbols.find(({ description }) => description === 'kBufferCb')
  return buffer === undefined || callback === undefined ? null : { buffer, callback }
}
