import { connect, type StreamSocket } from 'socketserver-ts'
import { measured, server, within } from './checking.ts'

const large = await connect(server)
const small = await connect(server)
await send(large, '3000000\n')

const asked = performance.now()
await send(small, '100\n')
await within(small.makefile('r').read(), 'the reply to the small request', 60_000)
measured(Math.round(performance.now() - asked))

await within(large.makefile('r').read(), 'the reply to the large request', 60_000)
await small.close()
await large.close()

async function send(socket: StreamSocket, lines: string) {
  await socket.send(lines)
  await socket.shutdown('write')
}
