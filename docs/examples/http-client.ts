import { connect } from 'socketserver-ts'

const path = `/${process.argv.slice(2).join('-')}`

// an HTTP request is text: a line that says what is wanted, headers, and an empty line
const socket = await connect({ host: 'localhost', port: 8080 })
await socket.sendAll(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)

// the server ends the connection after its reply, and read() returns all that has come until then
const reply = await socket.makefile('r').read()
await socket.close()

console.log(`Sent: GET ${path}`)
console.log(`Received: ${reply}`)
