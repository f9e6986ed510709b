import { BaseRequestHandler, type InetAddress, isMain, type StreamSocket, TCPServer } from 'socketserver-ts'

/** What is known so far of a request that is not finished. */
interface PartialSum {
  /** What has arrived since the last whole line. */
  rest: string
  total: number
  /** What the connection has brought since the loop has last worked on it; an empty Buffer is its end. */
  arrived: Buffer
}

/**
 * Adds the numbers that each client sends, a line each, until the client half-closes; then replies with the sum.
 * A client may take its time: the server is a synchronous one, with neither threads nor children, but it works only on
 * what has arrived, and keeps the rest in a table. Its loop is what a loop around select() is in C or Python.
 */
export class SumServer extends TCPServer {
  /** The table of the partly finished requests. */
  readonly table = new Map<StreamSocket, PartialSum>()

  /** Called by the loop with each new connection, and again whenever something has arrived on one in the table. */
  async processRequest(request: StreamSocket, clientAddress: InetAddress) {
    const sum = this.table.get(request)
    if (sum === undefined) {
      this.table.set(request, { rest: '', total: 0, arrived: Buffer.alloc(0) })
    } else if (sum.arrived.length > 0) {
      const lines = (sum.rest + sum.arrived.toString()).split('\n')
      sum.rest = lines.pop() ?? ''
      for (const line of lines) sum.total += Number(line)
    } else {
      await request.send(`${sum.total + Number(sum.rest)}\n`)
      await this.shutdownRequest(request)
      return
    }
    void this.waitFor(request, clientAddress)
  }

  /** Puts the request in line for the loop, beside the new ones, once something has arrived. */
  async waitFor(request: StreamSocket, clientAddress: InetAddress) {
    try {
      const arrived = await request.recv(1024)
      const sum = this.table.get(request)
      if (sum !== undefined) sum.arrived = arrived
      if (!this.enqueue(request, clientAddress)) this.drop(request)
    } catch (error) {
      if (!this.table.has(request)) return
      await this.handleError(request, clientAddress, error)
      await this.shutdownRequest(request)
    }
  }

  /** Whatever ends a request takes it out of the table. */
  shutdownRequest(request: StreamSocket) {
    this.table.delete(request)
    return super.shutdownRequest(request)
  }

  /** What is in the table is not in progress: nothing would ever finish it. */
  serverClose(options: { timeout?: number } = {}) {
    for (const request of this.table.keys()) this.drop(request)
    return super.serverClose(options)
  }

  /** Ends a request by a reset, which no client can take for the end of a reply. */
  drop(request: StreamSocket) {
    this.table.delete(request)
    request.abort()
  }
}

if (isMain(import.meta)) {
  const port = Number(process.argv[2] ?? 9999)
  // No handler is ever made: a part of a request is too little for one
  const server = new SumServer({ host: 'localhost', port }, BaseRequestHandler)
  await server.listen()
  console.log(`Adding on port ${server.serverAddress.port}`)
  await server.serveForever()
}
