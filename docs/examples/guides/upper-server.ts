import { AsyncTCPServer, isMain, StreamRequestHandler } from 'socketserver-ts'

export class UpperHandler extends StreamRequestHandler {
  async handle() {
    for await (const line of this.rfile) await this.wfile.write(line.toString().toUpperCase())
  }
}

// threads and children import this module too, and only the program that was started may start the server
if (isMain(import.meta)) {
  const port = Number(process.argv[2] ?? 9999)
  const server = new AsyncTCPServer({ host: 'localhost', port }, UpperHandler)
  await server.listen()
  console.log(`Serving on port ${server.serverAddress.port}`)
  await server.serveForever()
}
