import { connect } from 'socketserver-ts'

const times = process.argv[2] ?? '1'
const address = { host: 'localhost', port: 9999 }

// three clients connect, and then send their lines at the same time
const sockets = await Promise.all([connect(address), connect(address), connect(address)])
await Promise.all(sockets.map((socket) => socket.send(`${times}\n`)))

for (const socket of sockets) {
  console.log(`Received: ${await socket.makefile('r').readline()}`.trimEnd())
  await socket.close()
}
