import { AsyncTCPServer, isMain, StreamRequestHandler } from 'socketserver-ts'

const PAGE = '<!doctype html><title>Hello</title><h1>Hello from a handler</h1>\n'

export class HttpHandler extends StreamRequestHandler {
  timeout = 10_000

  async handle() {
    // the first line says what is wanted: GET /path HTTP/1.1
    const requestLine = String(await this.rfile.readline()).trim()
    const [method, path] = requestLine.split(' ')
    // headers follow, a line each, up to an empty line
    while (String(await this.rfile.readline()).trim() !== '') continue
    console.log(`${this.clientAddress.host} wants ${method} ${path}`)
    await this.reply('200 OK', PAGE)
  }

  async reply(status: string, page: string) {
    const head = [
      `HTTP/1.1 ${status}`,
      'Content-Type: text/html; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(page)}`,
      'Connection: close',
    ]
    // each line of the head ends with CR and LF, and an empty one ends the head
    await this.wfile.write(`${head.join('\r\n')}\r\n\r\n${page}`)
  }
}

if (isMain(import.meta)) {
  const server = new AsyncTCPServer({ host: 'localhost', port: 8080 }, HttpHandler)
  await server.serveForever()
}
