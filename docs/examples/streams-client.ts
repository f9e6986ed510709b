import { setTimeout } from 'node:timers/promises'
import { connect } from 'socketserver-ts'

const [first = '', ...rest] = process.argv.slice(2)

// one line in two sends: the first word, and after a pause the rest with the newline
const socket = await connect({ host: 'localhost', port: 9999 })
await socket.send(`${first} `)
await setTimeout(500)
await socket.send(`${rest.join(' ')}\n`)

const received = await socket.recv(1024)
await socket.close()

console.log(`Sent: ${[first, ...rest].join(' ')}`)
console.log(`Received: ${received.toString().trim()}`)
