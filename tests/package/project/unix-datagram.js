import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatagramRequestHandler, openDatagram, SocketServerError, UnixDatagramServer } from 'socketserver-ts'

/** @extends {DatagramRequestHandler<string>} */
class UpperHandler extends DatagramRequestHandler {
  async handle() {
    await this.wfile.write(this.packet.toString().toUpperCase())
  }
}

const folder = await mkdtemp(join(tmpdir(), 'unix-datagram-'))
try {
  const server = new UnixDatagramServer(join(folder, 'server'), UpperHandler)
  await server.listen()
  const serving = server.serveForever()
  const client = await openDatagram(join(folder, 'client'))
  await client.sendTo('hello', server.serverAddress)
  const [reply] = await client.recvFrom(100)
  console.log(reply.toString())
  await client.close()
  await server.serverClose()
  await serving
} catch (error) {
  if (!(error instanceof SocketServerError)) throw error
  console.log(`${error.code}: ${error.message}`)
} finally {
  await rm(folder, { recursive: true })
}
