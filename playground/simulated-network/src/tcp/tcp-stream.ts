import { network } from '../network-interface.ts'
import type { SocketId } from '../network-messages.ts'
import { nextTurn } from '../next-turn.ts'

/** So much may be on its way, or wait for the program at the other end. */
const WINDOW_BYTES = 256 * 1024

/** No segment and no read is longer, as in libuv. */
const MAX_PIECE_BYTES = 64 * 1024

interface StreamEvents {
  /** Bytes for the program; only while it reads. */
  data(bytes: Uint8Array): void
  /** The end of the stream, after its last byte; only while the program reads. */
  end(): void
  /** The peer has broken the connection off, as a read or a write has found out. */
  broken(syscall: 'read' | 'write', code: 'ECONNRESET' | 'EPIPE'): void
}

interface Write {
  bytes: Uint8Array
  readonly done: (() => void) | null
}

/** What the kernel does for one end of a connection: it keeps what is not sent yet, and what is not read yet. */
export class TcpStream {
  readonly #id: SocketId
  readonly #events: StreamEvents
  #room = WINDOW_BYTES
  readonly #writes: Write[] = []
  #waitingBytes = 0
  #onSent: (() => void) | null = null
  readonly #received: Uint8Array[] = []
  #isReading = false
  #isDue = false
  #hasPeerEnded = false
  #isReset = false
  #isEndRead = false
  #isClosed = false

  constructor(id: SocketId, events: StreamEvents) {
    this.#id = id
    this.#events = events
  }

  /** Bytes that the network has had no room for. */
  get waitingBytes(): number {
    return this.#waitingBytes
  }

  /** Whether something has arrived that was not read. */
  get hasUnread(): boolean {
    return this.#received.length > 0
  }

  /** Calls `done` when the network has taken the bytes: before this returns, if there is room. */
  write(bytes: Uint8Array, done: (() => void) | null): void {
    this.#writes.push({ bytes, done })
    this.#waitingBytes += bytes.length
    this.#flush()
  }

  /** Sends the end of the stream after all that was written, and calls `sent` then. */
  end(sent: () => void): void {
    this.#onSent = sent
    this.#flush()
  }

  read(): void {
    this.#isReading = true
    this.#deliverSoon()
  }

  stopReading(): void {
    this.#isReading = false
  }

  /** The connection is given up: without a reset its peer sees the end of the stream. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    // As in Linux: a close that leaves bytes unread is a reset.
    if (this.hasUnread) this.reset()
    network().close(this.#id)
  }

  reset(): void {
    network().send({ type: 'reset', socket: this.#id })
  }

  segmentArrived(bytes: Uint8Array): void {
    this.#received.push(bytes)
    this.#deliverSoon()
  }

  endArrived(): void {
    // Nothing follows a reset: it is only that the peer's socket is closed.
    if (this.#isReset) return
    this.#hasPeerEnded = true
    this.#deliverSoon()
  }

  /** A reset is found by who waits for room, by the next write, or by a read that has had all that came before. */
  resetArrived(): void {
    this.#isReset = true
    this.#flush()
    this.#deliverSoon()
  }

  roomArrived(bytes: number): void {
    this.#room += bytes
    this.#flush()
  }

  #flush(): void {
    if (this.#isReset && this.#writes.length > 0) {
      // After an orderly end the system knows the connection as closed, not as reset.
      return this.#events.broken('write', this.#hasPeerEnded ? 'EPIPE' : 'ECONNRESET')
    }
    for (let first = this.#writes[0]; first !== undefined; first = this.#writes[0]) {
      const piece = first.bytes.subarray(0, Math.min(MAX_PIECE_BYTES, this.#room))
      if (piece.length === 0 && first.bytes.length > 0) return
      if (piece.length > 0) network().send({ type: 'segment', socket: this.#id, data: new Uint8Array(piece) })
      this.#room -= piece.length
      this.#waitingBytes -= piece.length
      first.bytes = first.bytes.subarray(piece.length)
      if (first.bytes.length > 0) continue
      this.#writes.shift()
      first.done?.()
    }
    if (this.#onSent === null) return
    const sent = this.#onSent
    this.#onSent = null
    network().send({ type: 'end', socket: this.#id })
    sent()
  }

  /** Not at once: what arrives in the same turn is read together, because a stream has no messages. */
  #deliverSoon(): void {
    if (this.#isDue || !this.#isReading) return
    this.#isDue = true
    nextTurn(() => {
      this.#isDue = false
      this.#deliver()
    })
  }

  #deliver(): void {
    if (this.#isClosed || !this.#isReading) return
    if (this.#received.length > 0) {
      const bytes = this.#takeReceived()
      network().send({ type: 'taken', socket: this.#id, bytes: bytes.length })
      this.#events.data(bytes)
      this.#deliverSoon()
    } else if (this.#hasPeerEnded && !this.#isEndRead) {
      this.#isEndRead = true
      this.#events.end()
    } else if (this.#isReset && !this.#hasPeerEnded) {
      this.#events.broken('read', 'ECONNRESET')
    }
  }

  #takeReceived(): Uint8Array {
    const total = this.#received.reduce((sum, { length }) => sum + length, 0)
    const taken = new Uint8Array(Math.min(total, MAX_PIECE_BYTES))
    for (let filled = 0; filled < taken.length;) {
      const first = this.#received[0] ?? new Uint8Array()
      const part = first.subarray(0, taken.length - filled)
      taken.set(part, filled)
      filled += part.length
      if (part.length === first.length) this.#received.shift()
      else this.#received[0] = first.subarray(part.length)
    }
    return taken
  }
}
