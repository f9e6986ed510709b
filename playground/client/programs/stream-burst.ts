import { connect } from 'socketserver-ts'
import { burst } from './burst.ts'
import { abort, address, halfClose, text } from './client-arguments.ts'
import { reset } from './reset.ts'
import { sendSlowly } from './send-slowly.ts'

const REPLY_TIMEOUT_MS = 10_000

await burst(async () => {
  const socket = await connect(address)
  socket.setNoDelay(true)
  socket.setTimeout(REPLY_TIMEOUT_MS)
  try {
    await sendSlowly(socket, text)
    if (abort) return
    if (halfClose) await socket.shutdown('write')
    const reply = await socket.recv(1024)
    if (reply.length === 0) throw new Error('closed without a reply')
  } finally {
    if (abort) await reset(socket)
    else await socket.close()
  }
})
