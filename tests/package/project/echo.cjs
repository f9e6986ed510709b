// eslint-disable-next-line @typescript-eslint/no-require-imports -- that it can be required is what this program shows
const { connect, StreamRequestHandler, ThreadingTCPServer } = require('socketserver-ts')

class UpperHandler extends StreamRequestHandler {
  async handle() {
    const line = await this.rfile.readline()
    await this.wfile.write(line.toString().toUpperCase())
  }
}
exports.UpperHandler = UpperHandler

async function main() {
  const server = new ThreadingTCPServer({ host: '127.0.0.1', port: 0 }, UpperHandler)
  await server.listen()
  const serving = server.serveForever()
  const client = await connect(server.serverAddress)
  await client.sendAll('hello from require()\n')
  for await (const reply of client) process.stdout.write(reply)
  await client.close()
  await server.serverClose()
  await serving
}

if (require.main === module) void main()
