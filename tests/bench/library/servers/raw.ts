/** `raw.ts KIND`: the same services by Node's own sockets and nothing else; prints its port. */
import { createSocket } from 'node:dgram'
import { createServer, type Socket } from 'node:net'

const BACKLOG = 511
const NEWLINE = 10

const streams: Record<string, (socket: Socket) => void> = {
  once: (socket) => {
    socket.once('data', (data) => {
      socket.end(data)
    })
  },
  echo: (socket) => {
    socket.on('data', (data) => {
      if (!socket.write(data)) {
        socket.pause()
        socket.once('drain', () => socket.resume())
      }
    })
    socket.on('end', () => socket.end())
  },
  lines: (socket) => {
    let rest: Buffer = Buffer.alloc(0)
    socket.on('data', (data: Buffer) => {
      rest = rest.length === 0 ? data : Buffer.concat([rest, data])
      let start = 0
      socket.cork()
      for (let end = rest.indexOf(NEWLINE); end !== -1; end = rest.indexOf(NEWLINE, start)) {
        socket.write(rest.subarray(start, end + 1))
        start = end + 1
      }
      socket.uncork()
      rest = rest.subarray(start)
    })
    socket.on('end', () => socket.end())
  },
}

const kind = process.argv[2] ?? ''
if (kind === 'datagrams') {
  const socket = createSocket('udp4')
  socket.on('message', (data, { port, address }) => {
    socket.send(data, port, address)
  })
  socket.bind(0, '127.0.0.1', () => {
    console.log(socket.address().port)
  })
} else {
  const serve = streams[kind]
  if (serve === undefined) throw new RangeError(`Unknown kind "${kind}"`)
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => socket.destroy())
    serve(socket)
  })
  server.listen(0, '127.0.0.1', BACKLOG, () => {
    console.log((server.address() as { port: number }).port)
  })
}
