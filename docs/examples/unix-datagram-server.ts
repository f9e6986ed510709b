import { BaseRequestHandler, type DatagramRequest, isMain, UnixDatagramServer } from 'socketserver-ts'

export class UpperHandler extends BaseRequestHandler<DatagramRequest<string>, string> {
  async handle() {
    const [data, socket] = this.request
    const text = data.toString().trim()
    console.log(`"${this.clientAddress}" wrote:`)
    console.log(text)
    // a client has an address only if it has bound its socket to a path of its own
    await socket.sendTo(text.toUpperCase(), this.clientAddress)
  }
}

if (isMain(import.meta)) {
  const server = new UnixDatagramServer('upper.sock', UpperHandler)
  await server.serveForever()
}
