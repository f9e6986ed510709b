import { isMain, StreamRequestHandler, TCPServer } from 'socketserver-ts'

export class MyTCPHandler extends StreamRequestHandler {
  async handle() {
    // this.rfile reads from the client: readline() calls recv() until a newline has arrived
    const line = await this.rfile.readline()
    const text = line.toString().trim()
    console.log(`${this.clientAddress.host} wrote:`)
    console.log(text)
    // this.wfile writes back to the client
    await this.wfile.write(text.toUpperCase())
  }
}

if (isMain(import.meta)) {
  const server = new TCPServer({ host: 'localhost', port: 9999 }, MyTCPHandler)
  await server.serveForever()
}
