import { openDatagram } from 'socketserver-ts'

const name = process.argv[2] ?? 'server.example'

// a query is a header, and a question: the name as labels with their lengths, type A and class IN (RFC 1035)
const header = Buffer.from([0x12, 0x34, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0])
const labels = name
  .split('.')
  .map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]))
const query = Buffer.concat([header, ...labels, Buffer.from([0, 0, 1, 0, 1])])

const socket = await openDatagram()
await socket.sendTo(query, { host: 'localhost', port: 5353 })
const [reply] = await socket.recvFrom(512)
await socket.close()

// an address is the last four bytes of a reply with one answer
const hasAnswer = reply.readUInt16BE(6) === 1
console.log(`Sent: ${name}`)
console.log(`Received: ${hasAnswer ? [...reply.subarray(-4)].join('.') : 'no such name'}`)
