import { connect, ForkingTCPServer, type InetAddress, isMain, StreamRequestHandler } from 'socketserver-ts'

export class CountingServer extends ForkingTCPServer {
  count = 0
}

export class CountingHandler extends StreamRequestHandler<InetAddress, CountingServer> {
  async handle() {
    // this.server is the child's own copy: what is counted here never reaches the parent
    this.server.count += 1
    await this.wfile.write(`count is ${this.server.count}, in process ${process.pid}`)
  }
}

async function client(address: InetAddress) {
  const socket = await connect(address)
  const response = await socket.recv(1024)
  console.log(`Received: ${response}`)
  await socket.close()
}

// children import this module too, and only the program that was started may start the server
if (isMain(import.meta)) {
  const server = new CountingServer({ host: 'localhost', port: 0 }, CountingHandler)
  await server.listen()
  const loop = server.serveForever()

  await client(server.serverAddress)
  await client(server.serverAddress)
  console.log(`The server in process ${process.pid} has counted ${server.count}`)

  // what the parent changes, each new child gets
  server.count = 10
  await client(server.serverAddress)

  await server.serverClose()
  await loop
}
