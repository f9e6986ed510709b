import { statSync } from 'node:fs'
import { connect } from 'socketserver-ts'

const data = process.argv.slice(2).join(' ')

const { mode } = statSync('upper.sock')
console.log(`Mode of upper.sock: ${(mode & 0o777).toString(8)}`)

// the same as over TCP, but for the address
const socket = await connect('upper.sock')
await socket.send(`${data}\n`)
const received = await socket.recv(1024)
await socket.close()

console.log(`Sent: ${data}`)
console.log(`Received: ${received}`)
