import { BaseRequestHandler, type DatagramRequest, isMain, UDPServer } from 'socketserver-ts'

export class MyUDPHandler extends BaseRequestHandler<DatagramRequest> {
  async handle() {
    // this.request is a pair: the data of one datagram, and the server's socket
    const [data, socket] = this.request
    const text = data.toString().trim()
    console.log(`${this.clientAddress.host} wrote:`)
    console.log(text)
    // send back the same text, backwards, to the address that it came from
    await socket.sendTo([...text].reverse().join(''), this.clientAddress)
  }
}

if (isMain(import.meta)) {
  const server = new UDPServer({ host: 'localhost', port: 9999 }, MyUDPHandler)
  await server.serveForever()
}
