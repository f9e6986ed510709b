import { connect } from 'socketserver-ts'

const data = process.argv.slice(2).join(' ')

// connect to the server and send one line
const socket = await connect({ host: 'localhost', port: 9999 })
await socket.send(`${data}\n`)

// receive the reply and close the connection
const received = await socket.recv(1024)
await socket.close()

console.log(`Sent: ${data}`)
console.log(`Received: ${received}`)
