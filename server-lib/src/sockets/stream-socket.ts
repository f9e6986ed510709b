import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { InetAddress } from './address.ts'
import { SocketServerError } from '../errors.ts'
import { events } from '../events.ts'
import { receiveInto } from './receive-into.ts'
import type { ReceiveQueue } from './receive-queue.ts'
import { Receiver } from './receiver.ts'
import { Sender } from './sender.ts'
import { SilenceLimit } from './silence-limit.ts'
import { handleOf, type SocketHandle } from './socket-handle.ts'
import { byteCount, StreamReader } from './stream-reader.ts'
import { StreamWriter } from './stream-writer.ts'
import { checkTimeout } from './timeout.ts'

const EMPTY = Buffer.alloc(0)
const ITERATION_BYTES = 64 * 1024
const DEFAULT_BUFFER_BYTES = 8192
const LINGER_MS = 1000

/** Stands in for a connection that has gone to another thread or process, so that nothing here can touch that. */
const GONE = new Socket().destroy()

/** What a connection takes along when it goes to another thread or process. */
export interface StreamState {
  /** Bytes that have arrived and were not read yet; null if there are none. */
  unread: Uint8Array | null
  timeoutMs: number | null
}

/** What a {@link StreamSocket} wraps: a socket of Node, or what stands for one in a thread. */
export interface Connection extends Duplex {
  readonly localAddress?: string | undefined
  readonly localFamily?: string | undefined
  readonly localPort?: number | undefined
  setNoDelay: (noDelay: boolean) => unknown
  destroySoon: () => void
  resetAndDestroy: () => unknown
}

/**
 * A connected stream socket with promises: a stream handler's `request`, and what `connect()` resolves to.
 * Follows CPython's `socket.socket`: `recv`, `send`, `sendall`, `shutdown`, `makefile`, `settimeout`, `close`.
 */
export class StreamSocket implements AsyncIterable<Buffer>, AsyncDisposable {
  #socket: Connection
  readonly #receiver: Receiver
  readonly #sender: Sender
  #failure: Error | null = null
  #onClosed: ((socket: StreamSocket) => void) | null = null
  #closed: Promise<void> | null = null

  /** Called by the library: wraps a connected socket that was opened with `allowHalfOpen`; nothing is read from it yet. */
  constructor(socket: Connection) {
    this.#socket = socket
    this.#receiver = new Receiver(socket)
    this.#sender = new Sender(socket, this)
    // Functions that all connections share: four of its own would be half a kilobyte of each.
    const owned = socket as OwnedConnection
    owned[OWNER] = this
    owned.pause()
    if (!receiveInto(owned, onBytes)) owned.on('data', onData)
    owned.on('end', onEnd)
    owned.on('error', onError)
    owned.on('close', onClose)
  }

  /** The address of this end; `{ host: '', port: 0 }` of a Unix socket. */
  get localAddress(): InetAddress {
    return { host: this.#socket.localAddress ?? '', port: this.#socket.localPort ?? 0 }
  }

  /**
   * Receives what has arrived, `max` bytes at most, waiting for the first byte; empty at the end of the stream.
   * @throws {SocketServerError} ERR_SOCKET_TIMEOUT, ERR_SOCKET_CLOSED, ERR_READ_IN_PROGRESS; system errors such as
   * ECONNRESET as they are.
   * @throws {RangeError} at once if `max` is not a whole number of bytes.
   */
  recv(max: number): Promise<Buffer> {
    byteCount(max, 'receive')
    return this.#receiver.read(takeSome, max)
  }

  /**
   * Sends all of `data` (text as UTF-8) and resolves to its length in bytes once the socket has taken it, which
   * holds a fast sender back to the pace of its peer. In CPython `send` may take less; here it never does.
   * @throws {SocketServerError} ERR_SOCKET_TIMEOUT, ERR_SOCKET_CLOSED; system errors such as EPIPE as they are.
   */
  send(data: Uint8Array | string): Promise<number> {
    return this.#sender.send(data)
  }

  /** Sends all of `data`; `send()` without the count, which throws the same. */
  async sendAll(data: Uint8Array | string): Promise<void> {
    await this.#sender.send(data)
  }

  /**
   * Closes one direction and keeps the other: `'write'` sends the end of the stream after all that was sent (a
   * half-close), `'read'` discards what arrives from now on. Resolves when the end is on its way.
   */
  async shutdown(how: 'read' | 'write' | 'both'): Promise<void> {
    if (how !== 'write') {
      this.#receiver.end(null)
      this.#socket.resume()
    }
    if (how === 'read' || this.#socket.writableFinished || this.#socket.destroyed) return
    await new Promise<void>((resolve) => {
      this.#socket.once('finish', resolve).once('close', () => {
        resolve()
      })
      StreamSocket.endWriting(this)
    })
  }

  /** Closes the socket after all that was sent; resolves when it is closed. Idempotent, never rejects. */
  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      if (this.#socket.closed) {
        resolve()
        return
      }
      this.#socket.once('close', () => {
        resolve()
      })
      this.#sender.flush()
      this.#socket.destroySoon()
    })
    return this.#closed
  }

  /**
   * Ends the connection at once with a reset (RST), so that the peer cannot take it for an orderly end. A Unix socket has
   * no reset of its own: its peer sees one only if something that it has sent was not read.
   */
  abort(): void {
    if (this.#socket.localFamily === undefined) this.#socket.destroy()
    else this.#socket.resetAndDestroy()
  }

  /**
   * How long one `recv`, read or send may wait, in milliseconds; null (the default) or Infinity is for ever.
   * @throws {RangeError} for a number below 0.
   */
  setTimeout(timeoutMs: number | null): void {
    checkTimeout(timeoutMs)
    this.#receiver.timeoutMs = timeoutMs
    this.#sender.timeoutMs = timeoutMs
  }

  /**
   * With `true`, sends small writes at once instead of gathering them (TCP_NODELAY). Several writes of one turn of the event
   * loop are sent together in any case, and turn this on.
   */
  setNoDelay(noDelay: boolean): void {
    this.#socket.setNoDelay(noDelay)
  }

  /**
   * A reader or writer over this socket. `bufferBytes` of a reader bounds the unread bytes held in memory (-1, the
   * default: 128 KiB); of a writer it is the size of its buffer (0, the default: every write is sent; -1: 8 KiB).
   */
  makefile(mode: 'r', bufferBytes?: number): StreamReader
  makefile(mode: 'w', bufferBytes?: number): StreamWriter
  makefile(mode: 'r' | 'w', bufferBytes = mode === 'r' ? -1 : 0): StreamReader | StreamWriter {
    if (mode === 'w')
      return new StreamWriter(this.#sender, bufferBytes < 0 ? DEFAULT_BUFFER_BYTES : bufferBytes)
    if (bufferBytes >= 0) this.#receiver.highWaterBytes = bufferBytes
    return new StreamReader(this.#receiver, this)
  }

  /** Iterates over what arrives, in the pieces in which it arrives, up to the end of the stream; throws what `recv()` does. */
  [Symbol.asyncIterator](): AsyncIterator<Buffer, undefined> {
    return {
      next: async () => {
        const value = await this.recv(ITERATION_BYTES)
        return value.length === 0 ? { value: undefined, done: true } : { value, done: false }
      },
      return: () => Promise.resolve({ value: undefined, done: true }),
    }
  }

  /** Closes the socket at the end of the block that it was declared in by `await using`, as `close()` does. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /**
   * @internal Closes after a reply: sends the end of the stream, then drops what the peer still sends until it ends too,
   * for LINGER_MS at most. A close over unread bytes sends a reset, which can destroy a reply on its way (RFC 1122, 4.2.2.13).
   */
  static closeGracefully(socket: StreamSocket): void {
    const raw = socket.#socket
    if (raw.readableEnded || raw.destroyed) {
      void socket.close()
      return
    }
    StreamSocket.endWriting(socket)
    socket.#receiver.close()
    raw.resume()
    const linger = setTimeout(() => void socket.close(), LINGER_MS)
    raw.once('close', () => {
      clearTimeout(linger)
    })
  }

  /** @internal Sends the end of the stream after all that was sent, as `shutdown('write')` does, and waits for nothing. */
  static endWriting(socket: StreamSocket): void {
    socket.#sender.flush()
    socket.#socket.end()
  }

  /** @internal Ends the connection when it has been silent for too long. */
  static limitSilence(socket: StreamSocket, firstByteMs: number | null, idleMs: number | null): void {
    socket.#sender.silence = new SilenceLimit(firstByteMs, idleMs, (message) => {
      socket.#socket.destroy(new SocketServerError('ERR_SOCKET_TIMEOUT', message))
    })
    // Otherwise the first byte would be seen only when the handler reads.
    socket.#receiver.start()
  }

  /** @internal Calls `onClosed` when the connection is closed. */
  static whenClosed(socket: StreamSocket, onClosed: (socket: StreamSocket) => void): void {
    socket.#onClosed = onClosed
  }

  /** @internal Something has arrived. */
  static received(socket: StreamSocket, data: Buffer): void {
    socket.#sender.silence?.received()
    if (events.received.hasSubscribers) events.received.publish({ request: socket, data })
    socket.#receiver.push(data)
  }

  /** @internal No more will arrive. */
  static ended(socket: StreamSocket, error: Error | null): void {
    socket.#receiver.end(error)
    if (error === null) return
    socket.#failure = error
    socket.#sender.fail(error)
  }

  /** @internal The connection is closed. */
  static closed(socket: StreamSocket): void {
    if (events.disconnected.hasSubscribers && socket.#socket !== GONE) {
      events.disconnected.publish({ request: socket })
    }
    socket.#sender.silence?.stop()
    socket.#sender.close()
    socket.#receiver.close()
    socket.#onClosed?.(socket)
  }

  /** @internal Whether `error` is this connection's own failure, such as a reset by its peer. */
  static isFailureOf(socket: StreamSocket, error: unknown): boolean {
    return error !== null && (socket.#failure === error || socket.#socket.errored === error)
  }

  /**
   * @internal Takes the connection out, for another thread or process: this object is closed from then on, and the
   * caller owns the raw socket, from which nothing is read any more. What was sent may still be on its way out.
   */
  static detach(socket: StreamSocket): { raw: Socket; state: StreamState } {
    const raw = socket.#socket
    if (raw === GONE) throw new SocketServerError('ERR_SOCKET_CLOSED', 'Cannot hand a connection on twice')
    if (!(raw instanceof Socket)) {
      throw new SocketServerError(
        'ERR_UNSUPPORTED',
        'Cannot hand a connection on from the thread that it was bridged to',
      )
    }
    const { timeoutMs } = socket.#receiver
    raw.pause()
    // Node's own buffer is emptied by a read, which starts the handle again, which is then stopped for good.
    if (raw.readableLength > 0) raw.read()
    const handle = handleOf(raw)
    if (handle?.reading === true) {
      handle.reading = false
      handle.readStop()
    }
    socket.#socket = GONE
    socket.#sender.redirect(GONE)
    return { raw, state: { unread: socket.#receiver.detach(), timeoutMs } }
  }

  /** @internal What {@link StreamSocket.detach} would give of a connection that was not used yet; null of any other. */
  static unusedState(socket: StreamSocket): StreamState | null {
    const raw = socket.#socket
    if (!(raw instanceof Socket) || raw.destroyed || raw.bytesWritten > 0 || !socket.#receiver.isUnused)
      return null
    return { unread: null, timeoutMs: socket.#receiver.timeoutMs }
  }

  /** @internal The connection of {@link StreamSocket.detach} where it has arrived, over a raw socket that is paused. */
  static attach(raw: Socket, { unread, timeoutMs }: StreamState): StreamSocket {
    const socket = new StreamSocket(raw)
    if (unread !== null) socket.#receiver.push(Buffer.from(unread))
    socket.setTimeout(timeoutMs)
    return socket
  }

  /** @internal The handle with which a connection can leave at once; null if it is closed, of TLS, or still sending. */
  static handleOf(socket: StreamSocket): SocketHandle | null {
    const raw = socket.#socket
    if (!(raw instanceof Socket) || 'encrypted' in raw) return null
    socket.#sender.flush()
    return raw.writableLength > 0 ? null : handleOf(raw)
  }

  /** @internal Keeps the connection from holding the process. */
  static unref(socket: StreamSocket): void {
    if (socket.#socket instanceof Socket) socket.#socket.unref()
  }
}

const OWNER = Symbol('socketserver-ts.owner')

type OwnedConnection = Connection & { [OWNER]: StreamSocket }

function onBytes(this: OwnedConnection, count: number, buffer: Buffer): void {
  const data = Buffer.allocUnsafe(count)
  buffer.copy(data, 0, 0, count)
  StreamSocket.received(this[OWNER], data)
}

function onData(this: OwnedConnection, data: Buffer): void {
  StreamSocket.received(this[OWNER], data)
}

function onEnd(this: OwnedConnection): void {
  StreamSocket.ended(this[OWNER], null)
}

function onError(this: OwnedConnection, error: Error): void {
  StreamSocket.ended(this[OWNER], error)
}

function onClose(this: OwnedConnection): void {
  StreamSocket.closed(this[OWNER])
}

function takeSome(queue: ReceiveQueue, ended: boolean, max: number): Buffer | null {
  return queue.length > 0 ? queue.takeSome(max) : ended ? EMPTY : null
}
