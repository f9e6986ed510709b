import { createInterface } from 'node:readline'
import { connect, type StreamSocket } from 'socketserver-ts'
import { abort, address, addressText, halfClose } from './client-arguments.ts'
import { reset } from './reset.ts'
import { sendSlowly } from './send-slowly.ts'

const socket = await connect(address)
// small writes leave at once, and are not gathered
socket.setNoDelay(true)
console.log(`Connected to ${addressText}`)

let isOver = false
const lines = createInterface({ input: process.stdin })
const received = receive(socket)
for await (const line of lines) {
  const writes = await sendSlowly(socket, line)
  console.log(`Sent: ${line}${writes === 1 ? '' : ` (in ${writes} writes)`}`)
  if (halfClose || abort) break
}
// what is typed from here on is not read
lines.close()

if (abort) {
  await reset(socket)
  console.log(typeof address === 'string' ? 'Closed at once' : 'Aborted: no end of the stream, but a reset')
} else {
  // also at Ctrl-D, the end of what is typed
  await socket.shutdown('write')
  if (!isOver) console.log('Half-closed: sends nothing more, and still receives')
  await received
  await socket.close()
}

async function receive(connection: StreamSocket): Promise<void> {
  try {
    for await (const data of connection) console.log(`Received: ${String(data).replace(/\n$/, '')}`)
    isOver = true
    console.log('The server has closed the connection')
  } catch (error) {
    if (abort) return
    console.error(`The connection is broken: ${String(error)}`)
    process.exitCode = 1
  }
  lines.close()
}
