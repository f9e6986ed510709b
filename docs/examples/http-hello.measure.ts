import { connect } from 'socketserver-ts'
import { measured, server, within } from './checking.ts'

const socket = await connect(server)
await socket.send('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
const reply = await within(socket.makefile('r').read(), 'the reply')
await socket.close()
measured(reply.length)
