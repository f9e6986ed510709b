import { AsyncTCPServer, isMain, StreamRequestHandler } from 'socketserver-ts'
import { tellSystemd } from './tell-systemd.ts'

const DRAIN_MS = 30_000

// #region limits
export class UpperHandler extends StreamRequestHandler {
  /** Bytes. */
  maxLineLength = 8192

  async handle() {
    for await (const line of this.rfile) await this.wfile.write(line.toString().toUpperCase())
  }
}

export class UpperServer extends AsyncTCPServer {
  /** The backlog: connections that the system holds until the server accepts them. */
  requestQueueSize = 511
  /** Requests in progress; at so many, the next one waits. */
  maxTasks = 1000
  /** Requests that wait; one more is refused. */
  maxPending = 1000
  /** Connections of one IP address; one more is refused. */
  maxPerAddress = 100
  /** Milliseconds. */
  firstByteTimeout = 5000
  idleTimeout = 20_000
}
// #endregion limits

// #region main
if (isMain(import.meta)) {
  const host = process.env['HOST'] ?? '127.0.0.1'
  const port = Number(process.env['PORT'] ?? 9999)
  const server = new UpperServer({ host, port }, UpperHandler)
  await server.listen()
  console.log(`Serving on port ${server.serverAddress.port}`)
  await tellSystemd('READY=1')

  await server.serveForever({ signals: ['SIGTERM', 'SIGINT'] })

  await tellSystemd('STOPPING=1')
  await server.serverClose({ timeout: DRAIN_MS })
  console.log('All requests are over')
}
// #endregion main
