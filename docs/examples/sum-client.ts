import { connect } from 'socketserver-ts'

const numbers = process.argv.slice(2)

// one number a line, and then the end of what this side sends; the other direction stays open
const socket = await connect({ host: 'localhost', port: 9999 })
for (const number of numbers) await socket.send(`${number}\n`)
await socket.shutdown('write')

const received = await socket.recv(1024)
await socket.close()

console.log(`Sent: ${numbers.join(' ')}`)
console.log(`Received: ${received.toString().trim()}`)
