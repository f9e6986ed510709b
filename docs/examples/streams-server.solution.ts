import { isMain, StreamRequestHandler, TCPServer } from 'socketserver-ts'

export class UpperHandler extends StreamRequestHandler {
  async handle() {
    // each turn waits for the next newline, however many receives that takes; the end of the stream ends the loop
    for await (const line of this.rfile) {
      console.log(`a line of ${line.length} bytes`)
      await this.wfile.write(line.toString().toUpperCase())
    }
  }
}

if (isMain(import.meta)) {
  const server = new TCPServer({ host: 'localhost', port: 9999 }, UpperHandler)
  await server.serveForever()
}
