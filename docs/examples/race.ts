import {
  currentThread,
  type InetAddress,
  isMain,
  Lock,
  StreamRequestHandler,
  ThreadingTCPServer,
} from 'socketserver-ts'

export class CountingServer extends ThreadingTCPServer {
  // a number is copied: each request begins with what the server has
  copied = 0
  // this memory is shared: all threads find the same eight bytes
  shared = new SharedArrayBuffer(8)
  // a lock is shared too; nobody takes it yet
  lock = new Lock()
}

export class CountingHandler extends StreamRequestHandler<InetAddress, CountingServer> {
  async handle() {
    const times = Number(await this.rfile.readline())
    this.count(times)
    const { copied, shared } = this.server
    const total = new DataView(shared).getFloat64(0)
    await this.wfile.write(`${currentThread().name}: copied ${copied}, shared ${total}\n`)
  }

  count(times: number) {
    const total = new DataView(this.server.shared)
    for (let time = 0; time < times; time++) {
      this.server.copied += 1
      total.setFloat64(0, total.getFloat64(0) + 1)
    }
  }
}

if (isMain(import.meta)) {
  const server = new CountingServer({ host: 'localhost', port: 9999 }, CountingHandler)
  await server.serveForever()
}
