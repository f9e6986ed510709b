import {
  AsyncTCPServer,
  connect,
  ForkingTCPServer,
  isMain,
  StreamRequestHandler,
  TCPServer,
  ThreadingTCPServer,
} from 'socketserver-ts'

export class UpperHandler extends StreamRequestHandler {
  async handle() {
    const line = await this.rfile.readline()
    await this.wfile.write(line.toString().toUpperCase())
  }
}

if (isMain(import.meta)) {
  for (const Server of [TCPServer, AsyncTCPServer, ThreadingTCPServer, ForkingTCPServer]) {
    const server = new Server({ host: '127.0.0.1', port: 0 }, UpperHandler)
    await server.listen()
    const serving = server.serveForever()
    const client = await connect(server.serverAddress)
    await client.sendAll(`hello from ${Server.name}\n`)
    for await (const reply of client) process.stdout.write(reply)
    await client.close()
    await server.serverClose()
    await serving
  }
}
