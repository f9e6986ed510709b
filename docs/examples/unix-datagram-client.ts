import { openDatagram } from 'socketserver-ts'

const data = process.argv.slice(2).join(' ')

// bound to a path of its own, to which the server can reply; close() removes the file
const socket = await openDatagram(`client-${process.pid}.sock`)
await socket.sendTo(`${data}\n`, 'upper.sock')
const [received] = await socket.recvFrom(1024)
await socket.close()

console.log(`Sent: ${data}`)
console.log(`Received: ${received}`)
