import { appendFile, mkdtemp, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ForkingTCPServer, type InetAddress, isMain, StreamRequestHandler } from 'socketserver-ts'

export class VisitServer extends ForkingTCPServer {
  // set by the parent before it serves, so that each child gets a copy of the name
  file = ''
}

export class VisitHandler extends StreamRequestHandler<InetAddress, VisitServer> {
  async handle() {
    const name = String(await this.rfile.readline()).trim()
    // a file is outside of all processes: one byte for each visit
    await appendFile(this.server.file, '.')
    const { size: visits } = await stat(this.server.file)
    await this.wfile.write(`Hello ${name}, visit ${visits}, process ${process.pid}`)
  }
}

// children import this module too, and only the program that was started may start the server
if (isMain(import.meta)) {
  const server = new VisitServer({ host: 'localhost', port: 9999 }, VisitHandler)
  server.file = join(await mkdtemp(join(tmpdir(), 'visits-')), 'visits')
  await server.serveForever()
}
