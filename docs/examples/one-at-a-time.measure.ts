import { connect } from 'socketserver-ts'
import { measured, server } from './checking.ts'

// the server works on the request of the first client
const first = await connect(server)
await first.send('first\n')

const begunMs = performance.now()
const second = await connect(server)
measured(Math.round((performance.now() - begunMs) * 10) / 10)

await second.send('second\n')
for (const socket of [first, second]) {
  await socket.recv(1024)
  await socket.close()
}
