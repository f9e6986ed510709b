import { BaseRequestHandler, type DatagramRequest, isMain, UDPServer } from 'socketserver-ts'

export class MyUDPHandler extends BaseRequestHandler<DatagramRequest> {
  async handle() {
    // this.request is a pair: the data of one datagram, and the server's socket
    const [data, socket] = this.request
    const text = data.toString().trim()
    console.log(`${this.clientAddress.host} wrote:`)
    console.log(text)
    // there is no connection, so the reply names the address that it goes to
    await socket.sendTo(text.toUpperCase(), this.clientAddress)
  }
}

if (isMain(import.meta)) {
  const server = new UDPServer({ host: 'localhost', port: 9999 }, MyUDPHandler)
  await server.serveForever()
}
