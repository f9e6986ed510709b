import { openDatagram } from 'socketserver-ts'

const data = process.argv.slice(2).join(' ')

// there is no connect(): UDP has no connections, and each datagram names the address that it goes to
const socket = await openDatagram()
await socket.sendTo(`${data}\n`, { host: 'localhost', port: 9999 })
const [received] = await socket.recvFrom(1024)
await socket.close()

console.log(`Sent: ${data}`)
console.log(`Received: ${received}`)
