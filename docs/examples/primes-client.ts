import { connect } from 'socketserver-ts'

const limit = process.argv[2] ?? '100'

const asked = performance.now()
const socket = await connect({ host: 'localhost', port: 9999 })
await socket.send(`${limit}\n`)

// a line may come at once, and another one later; the server ends the connection after the last
for await (const line of socket.makefile('r')) {
  console.log(`After ${Math.round(performance.now() - asked)} ms: ${line.toString().trim()}`)
}
await socket.close()
