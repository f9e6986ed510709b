import {
  AsyncTCPServer,
  type InetAddress,
  isMain,
  StreamRequestHandler,
  type StreamSocket,
} from 'socketserver-ts'

const PLACES = 2
const DRAIN_MS = 30_000

export class PlacesServer extends AsyncTCPServer {
  taken = 0

  // refuses whoever comes while all places are taken
  verifyRequest() {
    return this.taken < PLACES
  }

  // a request has its place from here until its handler has ended, however it ends
  async finishRequest(request: StreamSocket, clientAddress: InetAddress) {
    this.taken += 1
    try {
      await super.finishRequest(request, clientAddress)
    } finally {
      this.taken -= 1
    }
  }

  // says in one line what a handler has thrown
  handleError(_request: StreamSocket, clientAddress: InetAddress, error: unknown) {
    console.log(`${clientAddress.host}:${clientAddress.port} was not served: ${String(error)}`)
  }
}

export class UpperHandler extends StreamRequestHandler {
  // one read or write may wait so long
  timeout = 1000

  async handle() {
    const line = await this.rfile.readline()
    if (line.length === 0) throw new Error('The client has left without a line')
    await this.wfile.write(line.toString().toUpperCase())
  }
}

if (isMain(import.meta)) {
  const server = new PlacesServer({ host: 'localhost', port: 9999 }, UpperHandler)
  // Ctrl-C is SIGINT; what stops services sends SIGTERM
  await server.serveForever({ signals: ['SIGINT', 'SIGTERM'] })
  console.log(`No new clients from now on; places taken: ${server.taken}`)
  await server.serverClose({ timeout: DRAIN_MS })
  console.log('All requests have ended')
}
