import { SocketServerError } from '../errors.ts'
import { events } from '../events.ts'
import type { ReceiveQueue } from './receive-queue.ts'
import type { Receiver } from './receiver.ts'

const NEWLINE = Buffer.from('\n')
const DONE: IteratorReturnResult<undefined> = { value: undefined, done: true }

/**
 * What a handler reads a request from: `rfile`, and what `StreamSocket.makefile('r')` returns.
 * It shares its buffer with the socket, so reads and `recv()` may be mixed, which in CPython loses bytes.
 * Each of its reads rejects as {@link StreamSocket.recv} does too: ERR_SOCKET_TIMEOUT, ERR_SOCKET_CLOSED, ERR_READ_IN_PROGRESS and
 * errors of the system.
 * Follows CPython's `io.BufferedReader`; `readExactly` and `readUntil` follow `asyncio.StreamReader`.
 */
export class StreamReader implements AsyncIterable<Buffer> {
  readonly #receiver: Receiver
  readonly #request: object | null
  #maxLineLength = Infinity

  /** `request` is what events call the stream; null for a reader of which none are published. */
  constructor(receiver: Receiver, request: object | null = null) {
    this.#receiver = receiver
    this.#request = request
  }

  /**
   * Reads `size` bytes, fewer only at the end of the stream; without `size`, all up to the end.
   * @throws {RangeError} if `size` is not a whole number of bytes.
   */
  read(size = -1): Promise<Buffer> {
    if (size === -1) return this.#receiver.read(takeToEnd)
    const count = byteCount(size, 'read')
    return this.#receiver.read(takeUpTo, count)
  }

  /** How many bytes a line may have before the reads of lines reject with ERR_LINE_TOO_LONG; without limit by default. */
  set maxLineLength(bytes: number) {
    this.#maxLineLength = bytes
  }

  /**
   * Reads one line with its newline; at most `limit` bytes of a longer one; empty at the end of the stream.
   * The last line may lack its newline.
   * @throws {SocketServerError} ERR_LINE_TOO_LONG for a line of more than `maxLineLength` bytes, if `limit` does not cut it.
   * @throws {RangeError} if `limit` is not a whole number of bytes.
   */
  readline(limit?: number): Promise<Buffer> {
    const line =
      limit === undefined
        ? this.#receiver.read(takeLine, this.#maxLineLength)
        : this.#receiver.read(takeLimited, byteCount(limit, 'read'))
    return events.lineRead.hasSubscribers ? this.#published(line) : line
  }

  async #published(reading: Promise<Buffer>): Promise<Buffer> {
    const data = await reading
    if (this.#request !== null) events.lineRead.publish({ request: this.#request, data })
    return data
  }

  /**
   * Reads every line up to the end of the stream, each with its newline.
   * @throws {SocketServerError} ERR_LINE_TOO_LONG for a line of more than `maxLineLength` bytes.
   */
  async readlines(): Promise<Buffer[]> {
    const lines: Buffer[] = []
    for await (const line of this) lines.push(line)
    return lines
  }

  /**
   * Reads exactly `count` bytes.
   * @throws {SocketServerError} ERR_INCOMPLETE_READ if the stream ends before; what has arrived stays readable.
   * @throws {RangeError} if `count` is not a whole number of bytes.
   */
  readExactly(count: number): Promise<Buffer> {
    return this.#receiver.read(takeExactly, byteCount(count, 'read'))
  }

  /**
   * Reads up to and including `delimiter`.
   * @throws {SocketServerError} ERR_INCOMPLETE_READ if the stream ends before; what has arrived stays readable.
   * @throws {RangeError} if `delimiter` is empty.
   */
  readUntil(delimiter: Uint8Array | string): Promise<Buffer> {
    const bytes = Buffer.from(delimiter)
    if (bytes.length === 0)
      throw new RangeError('Cannot read until an empty delimiter: at least one byte is required')
    return this.#receiver.read(
      (queue, ended) =>
        queue.takeThrough(bytes) ?? incomplete(queue, ended, `delimiter ${JSON.stringify(bytes.toString())}`),
    )
  }

  /**
   * Iterates over the lines, each with its newline.
   * @throws {SocketServerError} ERR_LINE_TOO_LONG for a line of more than `maxLineLength` bytes.
   */
  // Written by hand, because an async generator costs more than half of the throughput.
  [Symbol.asyncIterator](): AsyncIterator<Buffer, undefined> {
    const receiver = this.#receiver
    const request = this.#request
    const max = this.#maxLineLength
    return {
      next: () => {
        const next = receiver.read(nextLine, max)
        if (request === null || !events.lineRead.hasSubscribers) return next
        return next.then((result) => {
          if (result.done !== true) events.lineRead.publish({ request, data: result.value })
          return result
        })
      },
      return: () => Promise.resolve(DONE),
    }
  }
}

function takeToEnd(queue: ReceiveQueue, ended: boolean): Buffer | null {
  return ended ? queue.takeAll() : null
}

function takeUpTo(queue: ReceiveQueue, ended: boolean, count: number): Buffer | null {
  return queue.takeExactly(count) ?? takeToEnd(queue, ended)
}

function takeExactly(queue: ReceiveQueue, ended: boolean, count: number): Buffer | null {
  return queue.takeExactly(count) ?? incomplete(queue, ended, `${count} bytes`)
}

function takeLimited(queue: ReceiveQueue, ended: boolean, limit: number): Buffer | null {
  return queue.takeLine(NEWLINE, limit) ?? takeToEnd(queue, ended)
}

function takeLine(queue: ReceiveQueue, ended: boolean, maxLength: number): Buffer | null {
  const line = takeLimited(queue, ended, maxLength + 1)
  if (line === null || line.length <= maxLength) return line
  throw new SocketServerError('ERR_LINE_TOO_LONG', `A line is longer than ${maxLength} bytes`)
}

function nextLine(
  queue: ReceiveQueue,
  ended: boolean,
  maxLength: number,
): IteratorResult<Buffer, undefined> | null {
  const line = takeLine(queue, ended, maxLength)
  if (line === null) return null
  return line.length === 0 ? DONE : { value: line, done: false }
}

function incomplete(queue: ReceiveQueue, ended: boolean, wanted: string): null {
  if (!ended) return null
  throw new SocketServerError(
    'ERR_INCOMPLETE_READ',
    `The stream ended after ${queue.length} bytes: ${wanted} was to be read`,
  )
}

/** @throws {RangeError} if `count` is not a whole number of bytes. */
export function byteCount(count: number, action: string): number {
  if (Number.isSafeInteger(count) && count >= 0) return count
  throw new RangeError(`Cannot ${action} ${count} bytes: a whole number, 0 or more, is required`)
}
