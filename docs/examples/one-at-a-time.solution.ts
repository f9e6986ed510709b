import { setTimeout } from 'node:timers/promises'
import { isMain, StreamRequestHandler, TCPServer } from 'socketserver-ts'

export class SlowHandler extends StreamRequestHandler {
  // how long one read or write may wait, in milliseconds
  timeout = 1000

  async handle() {
    const line = await this.rfile.readline()
    const text = line.toString().trim()
    console.log(`works on "${text}"`)
    // stands for whatever takes long: a slow disk, say, or a question to another server
    await setTimeout(1000)
    await this.wfile.write(text.toUpperCase())
    console.log(`has answered "${text}"`)
  }
}

if (isMain(import.meta)) {
  const server = new TCPServer({ host: 'localhost', port: 9999 }, SlowHandler)
  await server.serveForever()
}
