import { BaseRequestHandler, isMain, TCPServer } from 'socketserver-ts'

export class UpperHandler extends BaseRequestHandler {
  async handle() {
    // returns what has arrived so far: a part of a line, one line, or several
    const data = await this.request.recv(1024)
    console.log(`recv() has returned ${data.length} bytes`)
    await this.request.send(data.toString().toUpperCase())
  }
}

if (isMain(import.meta)) {
  const server = new TCPServer({ host: 'localhost', port: 9999 }, UpperHandler)
  await server.serveForever()
}
