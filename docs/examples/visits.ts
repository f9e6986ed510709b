import { ForkingTCPServer, type InetAddress, isMain, StreamRequestHandler } from 'socketserver-ts'

export class VisitServer extends ForkingTCPServer {
  visits = 0
}

export class VisitHandler extends StreamRequestHandler<InetAddress, VisitServer> {
  async handle() {
    const name = String(await this.rfile.readline()).trim()
    // this.server is the child's own copy of the server
    this.server.visits += 1
    const { visits } = this.server
    await this.wfile.write(`Hello ${name}, visit ${visits}, process ${process.pid}`)
  }
}

// children import this module too, and only the program that was started may start the server
if (isMain(import.meta)) {
  const server = new VisitServer({ host: 'localhost', port: 9999 }, VisitHandler)
  await server.serveForever()
}
