import { AsyncTCPServer, type InetAddress, isMain, StreamRequestHandler } from 'socketserver-ts'

// #region handler
/** "PROXY TCP6", two long addresses, two long ports and the end of the line. */
const MAX_HEADER_BYTES = 107
const HEADER = /^PROXY TCP[46] (?<host>\S+) \S+ (?<port>\d+) \d+\r\n$/

/** Reads the line that a proxy sends before the client's bytes (PROXY protocol, version 1). */
export class ProxiedHandler extends StreamRequestHandler {
  /** Where the client really is; `clientAddress` is the proxy's. */
  origin: InetAddress = { host: '', port: 0 }

  async setup() {
    await super.setup()
    const line = String(await this.rfile.readline(MAX_HEADER_BYTES))
    const { host, port } = HEADER.exec(line)?.groups ?? {}
    if (host === undefined) throw new Error(`Cannot serve "${line.trim()}": a header of a proxy is required`)
    this.origin = { host, port: Number(port) }
  }
}
// #endregion handler

// #region use
export class WhoHandler extends ProxiedHandler {
  async handle() {
    for await (const line of this.rfile) {
      await this.wfile.write(`${this.origin.host} through ${this.clientAddress.host}: ${line}`)
    }
  }
}
// #endregion use

if (isMain(import.meta)) {
  const port = Number(process.argv[2] ?? 9999)
  // only the proxy may reach it: anybody could write such a line
  const server = new AsyncTCPServer({ host: '127.0.0.1', port }, WhoHandler)
  await server.listen()
  console.log(`Serving on port ${server.serverAddress.port}`)
  await server.serveForever()
}
