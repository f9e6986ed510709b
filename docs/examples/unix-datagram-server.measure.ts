import { openDatagram } from 'socketserver-ts'
import { measured, server } from './checking.ts'

const DATAGRAMS = 500
const LAST_REPLY_MS = 1000

if (typeof server !== 'string') throw new TypeError('the path of a Unix socket is required')
const socket = await openDatagram(`measure-${process.pid}.sock`)
let replies = 0
const receiving = (async () => {
  while (replies < DATAGRAMS) {
    await socket.recvFrom()
    replies += 1
  }
})()
for (let sent = 0; sent < DATAGRAMS; sent += 1) await socket.sendTo(`${sent}\n`, server)
socket.setTimeout(LAST_REPLY_MS)
await receiving.catch(() => undefined)
measured(replies)
await socket.close()
