import { createServer } from 'node:net'

const port = Number(process.argv[2] ?? 9999)

const server = createServer((socket) => {
  let rest = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    // a chunk is no line: it may hold a part of one, or several
    rest = Buffer.concat([rest, chunk])
    for (let end = rest.indexOf('\n'); end !== -1; end = rest.indexOf('\n')) {
      const line = rest.subarray(0, end + 1)
      rest = rest.subarray(end + 1)
      // false: the client takes its replies more slowly than it sends, so nothing more is read until it has them
      if (!socket.write(line.toString().toUpperCase())) socket.pause()
    }
  })
  socket.on('drain', () => socket.resume())
  socket.on('end', () => socket.end(rest.toString().toUpperCase()))
  // an error without a listener would end the program
  socket.on('error', (error) => {
    console.error(`Client ${socket.remoteAddress}: ${error.message}`)
  })
})

server.listen({ host: '127.0.0.1', port }, () => {
  const address = server.address()
  console.log(`Serving on port ${typeof address === 'object' ? address?.port : address}`)
})
