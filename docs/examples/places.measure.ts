import { connect } from 'socketserver-ts'
import { measured, server, within } from './checking.ts'

await using _first = await connect(server)
await using _second = await connect(server)

let served = 0
for (let client = 1; client <= 10; client++) {
  await using socket = await connect(server)
  await socket.send('hello\n')
  const reply = await within(socket.makefile('r').readline(), 'the reply or the end')
  if (reply.length > 0) served += 1
}
measured(served)
