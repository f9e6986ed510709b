import { setTimeout } from 'node:timers/promises'
import { connect } from 'socketserver-ts'
import { measured, server } from './checking.ts'

const socket = await connect(server)
const reply = socket.makefile('r').read()
for (const byte of 'hello world\n') {
  await socket.send(byte)
  await setTimeout(100)
}
measured((await reply).length)
await socket.close()
