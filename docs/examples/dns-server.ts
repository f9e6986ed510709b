import {
  AsyncTCPServer,
  AsyncUDPServer,
  DatagramRequestHandler,
  isMain,
  SocketServerError,
  StreamRequestHandler,
} from 'socketserver-ts'

/** The names that this server knows, each with its IPv4 address. */
const ADDRESSES = new Map([
  ['server.example', '192.0.2.1'],
  ['handler.example', '192.0.2.2'],
])

const HEADER_BYTES = 12
const MAX_LABEL_BYTES = 63
const TTL_SECONDS = 60
const TYPE_A = 1
const CLASS_IN = 1
/** Flags of an answer with authority; the error codes go into the lowest bits (RFC 1035, 4.1.1). */
const ANSWER = 0x8400
const RECURSION_DESIRED = 0x0100
const FORMAT_ERROR = 1
const NAME_ERROR = 3
/** Points to the name in the question, which begins right after the header (RFC 1035, 4.1.4). */
const NAME_OF_QUESTION = 0xc000 | HEADER_BYTES

/** One datagram is one query, and what is written is one reply. */
export class DnsDatagramHandler extends DatagramRequestHandler {
  async handle() {
    // without the header there is not even a number to reply to
    if (this.packet.length >= HEADER_BYTES) await this.wfile.write(replyTo(this.packet))
  }
}

/** Over TCP, two bytes with its length stand before each query and each reply (RFC 1035, 4.2.2). */
export class DnsStreamHandler extends StreamRequestHandler {
  timeout = 10_000

  async handle() {
    try {
      for (;;) {
        const prefix = await this.rfile.readExactly(2)
        const query = await this.rfile.readExactly(prefix.readUInt16BE())
        if (query.length < HEADER_BYTES) return
        const reply = replyTo(query)
        await this.wfile.write(Buffer.concat([uint16(reply.length), reply]))
      }
    } catch (error) {
      // the client has no further query, or is silent for too long
      if (!(error instanceof SocketServerError)) throw error
    }
  }
}

function replyTo(query: Buffer) {
  const question = readQuestion(query)
  if (question === null) return message(query, FORMAT_ERROR)
  const address = ADDRESSES.get(question.name)
  if (address === undefined) return message(query, NAME_ERROR, question.bytes)
  if (question.type !== TYPE_A || question.class !== CLASS_IN) return message(query, 0, question.bytes)
  const record = Buffer.alloc(12)
  record.writeUInt16BE(NAME_OF_QUESTION, 0)
  record.writeUInt16BE(TYPE_A, 2)
  record.writeUInt16BE(CLASS_IN, 4)
  record.writeUInt32BE(TTL_SECONDS, 6)
  record.writeUInt16BE(4, 10)
  return message(
    query,
    0,
    question.bytes,
    Buffer.concat([record, Buffer.from(address.split('.').map(Number))]),
  )
}

/** Reads the one question of a query: labels with their lengths up to an empty one, a type and a class. */
function readQuestion(query: Buffer) {
  if (query.readUInt16BE(4) !== 1) return null
  const labels: string[] = []
  let at = HEADER_BYTES
  for (let length = query[at++]; length !== 0; length = query[at++]) {
    if (length === undefined || length > MAX_LABEL_BYTES) return null
    labels.push(query.toString('latin1', at, at + length).toLowerCase())
    at += length
  }
  if (at + 4 > query.length) return null
  return {
    name: labels.join('.'),
    type: query.readUInt16BE(at),
    class: query.readUInt16BE(at + 2),
    bytes: query.subarray(HEADER_BYTES, at + 4),
  }
}

function message(query: Buffer, errorCode: number, question?: Buffer, answer?: Buffer) {
  const flags = ANSWER | (query.readUInt16BE(2) & RECURSION_DESIRED) | errorCode
  const sections = [question, answer].filter((section) => section !== undefined)
  const counts = [question, answer, undefined, undefined].map((section) => uint16(section ? 1 : 0))
  return Buffer.concat([query.subarray(0, 2), uint16(flags), ...counts, ...sections])
}

function uint16(value: number) {
  return Buffer.from([value >> 8, value & 0xff])
}

if (isMain(import.meta)) {
  // UDP and TCP have ports of their own, so that both can have the same number
  const port = Number(process.argv[2] ?? 5353)
  const streams = new AsyncTCPServer({ host: 'localhost', port }, DnsStreamHandler)
  // first, because a port that is free for TCP is hardly ever taken for UDP
  await streams.listen()
  const datagrams = new AsyncUDPServer(streams.serverAddress, DnsDatagramHandler)
  await datagrams.listen()
  console.log(`Serving DNS on port ${datagrams.serverAddress.port}`)
  await Promise.all([streams.serveForever(), datagrams.serveForever()])
}
