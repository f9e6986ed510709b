import { BaseRequestHandler, isMain, TCPServer } from 'socketserver-ts'

// The server makes a new handler for each connection and calls its handle().
export class MyTCPHandler extends BaseRequestHandler {
  async handle() {
    // this.request is the TCP socket that is connected to the client
    const data = await this.request.recv(1024)
    const text = data.toString().trim()
    console.log(`${this.clientAddress.host} wrote:`)
    console.log(text)
    // send back the same text, backwards
    await this.request.send([...text].reverse().join(''))
  }
}

if (isMain(import.meta)) {
  const server = new TCPServer({ host: 'localhost', port: 9999 }, MyTCPHandler)
  // serves until you stop the program with Ctrl-C
  await server.serveForever()
}
