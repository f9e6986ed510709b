import { openDatagram } from 'socketserver-ts'
import { measured, server } from './checking.ts'

const LAST_REPLY_MS = 1000

if (typeof server === 'string') throw new TypeError('HOST PORT of a UDP server is required')
const socket = await openDatagram()
for (const text of ['first', '', 'last']) await socket.sendTo(text, server)

// nobody says how many replies there will be: when none has come for a while, there are no more
socket.setTimeout(LAST_REPLY_MS)
let replies = 0
try {
  for (;;) {
    await socket.recvFrom(1024)
    replies += 1
  }
} catch {
  measured(replies)
}
await socket.close()
