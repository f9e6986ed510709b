import { isMain, StreamRequestHandler, UnixStreamServer } from 'socketserver-ts'

export class UpperHandler extends StreamRequestHandler<string> {
  async handle() {
    const line = await this.rfile.readline()
    const text = line.toString().trim()
    console.log(`"${this.clientAddress}" wrote:`)
    console.log(text)
    await this.wfile.write(text.toUpperCase())
  }
}

if (isMain(import.meta)) {
  // the file gets the mode 777 less these bits: whoever may write to it may connect
  process.umask(0o117)
  const server = new UnixStreamServer('upper.sock', UpperHandler)
  await server.serveForever()
}
