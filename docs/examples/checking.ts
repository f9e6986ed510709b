import { isUtf8 } from 'node:buffer'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  connect,
  type InetAddress,
  openDatagram,
  SocketServerError,
  type StreamSocket,
  type UnixAddress,
} from 'socketserver-ts'

const LIMIT_MS = 5000
/** Time for the server to receive a piece before the next is sent. */
const PIECE_GAP_MS = 100
/** A reply that is whole may still be followed by what nobody expects. */
const QUIET_MS = 200
const MAX_PIECE_BYTES = 65_536
const MAX_SHOWN_BYTES = 200
const NANOSECONDS_PER_MICROSECOND = 1000n

const [target, port] = process.argv.slice(2)
if (target === undefined) throw new TypeError('HOST PORT, or the path of a Unix socket, is required')

/** The server that is examined: the address that the arguments of the program give. */
export const server: InetAddress | UnixAddress =
  port === undefined ? target : { host: target, port: Number(port) }

/** What a client has got is not what it should have got. */
class UnexpectedReply extends Error {
  readonly lines: readonly string[]

  constructor(sent: string, expected: string, received: string) {
    super('the reply is another')
    this.lines = [`sent: ${sent}`, `expected: ${expected}`, `received: ${received}`]
  }
}

let checks = 0

/**
 * Runs one check and prints `ok 1 - NAME`, or `not ok 1 - NAME` with what was sent, expected and received. A failed check
 * does not end the program; its exit code is 1 if any failed.
 */
export async function check(name: string, body: () => Promise<void>): Promise<void> {
  checks += 1
  const title = `${checks} - ${name}`
  console.log(`begin ${title}`)
  try {
    await body()
    console.log(`ok ${title}`)
  } catch (error) {
    process.exitCode = 1
    const lines = error instanceof UnexpectedReply ? error.lines : [`problem: ${problemText(error)}`]
    console.log([`not ok ${title}`, ...lines.map((line) => `  ${line}`)].join('\n'))
  }
}

/** Throws what check() reports unless `received` is exactly `expected`; `sent` says what the client has sent. */
export function expectReply(received: Buffer, expected: string, sent: string): void {
  if (received.equals(Buffer.from(expected))) return
  throw new UnexpectedReply(sent, bytesText(Buffer.from(expected)), bytesText(received))
}

/**
 * A client of a stream server sends the pieces one after the other, and must get exactly `expected`, whether the server
 * then closes the connection or keeps it.
 */
export async function expectReplyTo(pieces: readonly string[], expected: string): Promise<void> {
  const socket = await within(connect(server), 'the connection')
  try {
    socket.setNoDelay(true)
    const [reply] = await Promise.all([
      receiveReply(socket, Buffer.byteLength(expected)),
      sendPieces(socket, pieces),
    ])
    if (reply.data.equals(Buffer.from(expected))) return
    const received = `${bytesText(reply.data)}, then ${reply.ending}`
    throw new UnexpectedReply(sequenceText(pieces), bytesText(Buffer.from(expected)), received)
  } finally {
    await socket.close()
  }
}

/** A client of a UDP server sends each text as one datagram, and must get one reply to each, in whatever order. */
export async function expectDatagrams(texts: readonly string[], expected: readonly string[]): Promise<void> {
  if (typeof server === 'string') throw new TypeError('HOST PORT of a UDP server is required')
  const socket = await openDatagram({ host: server.host.includes(':') ? '::' : '0.0.0.0', port: 0 })
  const received: Buffer[] = []
  try {
    for (const text of texts) await socket.sendTo(text, server)
    socket.setTimeout(LIMIT_MS)
    while (received.length < expected.length) received.push((await socket.recvFrom())[0])
    socket.setTimeout(QUIET_MS)
    for (;;) received.push((await socket.recvFrom())[0])
  } catch {
    // Nothing more has come.
  } finally {
    await socket.close()
  }
  const wanted = expected.map((text) => bytesText(Buffer.from(text)))
  const got = received.map(bytesText)
  if (got.toSorted().join() === wanted.toSorted().join()) return
  throw new UnexpectedReply(sequenceText(texts), datagramsText(wanted), datagramsText(got))
}

/** Rejects with words if `promise` takes longer: a server that never answers must not hang the check. */
export async function within<T>(promise: Promise<T>, what: string, limitMs = LIMIT_MS): Promise<T> {
  const controller = new AbortController()
  const { signal } = controller
  const limit = sleep(limitMs, undefined, { signal }).then(() => {
    throw new Error(`waited ${limitMs} ms for ${what}, and it has not come`)
  })
  try {
    return await Promise.race([promise, limit])
  } finally {
    controller.abort()
    await limit.catch(() => undefined)
  }
}

/**
 * The result of a prediction: prints `measured: VALUE at CLOCK`, in microseconds of the machine's monotonic clock. A time
 * is taken to have ended just now.
 */
export function measured(value: number): void {
  console.log(`measured: ${value} at ${process.hrtime.bigint() / NANOSECONDS_PER_MICROSECOND}`)
}

interface Reply {
  data: Buffer
  /** What came after the data. */
  ending: string
}

/** Receives until the stream ends, or enough has come and nothing follows it, or the server is silent for too long. */
async function receiveReply(socket: StreamSocket, bytes: number): Promise<Reply> {
  const pieces: Buffer[] = []
  let count = 0
  try {
    for (;;) {
      socket.setTimeout(count > 0 && count >= bytes ? QUIET_MS : LIMIT_MS)
      const piece = await socket.recv(MAX_PIECE_BYTES)
      if (piece.length === 0) return { data: Buffer.concat(pieces), ending: 'the end of the connection' }
      pieces.push(piece)
      count += piece.length
    }
  } catch (error) {
    const isSilent = error instanceof SocketServerError && error.code === 'ERR_SOCKET_TIMEOUT'
    return { data: Buffer.concat(pieces), ending: isSilent ? 'nothing more' : problemText(error) }
  }
}

async function sendPieces(socket: StreamSocket, pieces: readonly string[]): Promise<void> {
  try {
    for (const [index, piece] of pieces.entries()) {
      if (index > 0) await sleep(PIECE_GAP_MS)
      await socket.send(piece)
    }
  } catch {
    // The server has closed the connection too early: what it has sent by then is the result.
  }
}

function sequenceText(pieces: readonly string[]): string {
  return pieces.map((piece) => JSON.stringify(piece)).join(', then ') || 'nothing'
}

function datagramsText(datagrams: readonly string[]): string {
  return datagrams.length === 0 ? 'no datagram' : datagrams.join(' and ')
}

/** Text in quotes, and what is none in hexadecimal digits; on one line, so that no reply can look like a result. */
function bytesText(data: Buffer): string {
  if (data.length === 0) return 'nothing'
  const shown = data.subarray(0, MAX_SHOWN_BYTES)
  const text = isUtf8(data)
    ? JSON.stringify(shown.toString())
    : shown.toString('hex').replace(/..(?=.)/g, '$& ')
  return `${text}${data.length > MAX_SHOWN_BYTES ? '…' : ''} (${data.length} ${data.length === 1 ? 'byte' : 'bytes'})`
}

function problemText(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ')
}
