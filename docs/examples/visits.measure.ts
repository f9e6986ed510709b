import { connect } from 'socketserver-ts'
import { measured, server, within } from './checking.ts'

let last = NaN
for (const name of ['Ada', 'Grace', 'Barbara', 'Edsger', 'Radia']) {
  const socket = await connect(server)
  await socket.send(`${name}\n`)
  const reply = await within(socket.makefile('r').readline(), `the reply to ${name}`)
  await socket.close()
  last = Number(/visit (\d+)/.exec(String(reply))?.[1])
}
measured(last)
