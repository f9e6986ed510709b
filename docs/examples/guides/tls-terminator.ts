import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { createServer, type TLSSocket } from 'node:tls'

const [certificateFile = 'upper.crt', keyFile = 'upper.key', port = '8443', serverPort = '9999'] =
  process.argv.slice(2)

const terminator = createServer({
  cert: readFileSync(certificateFile),
  key: readFileSync(keyFile),
  // a client that has sent all may still wait for its reply
  allowHalfOpen: true,
})
terminator.on('secureConnection', (client) => void forward(client))
terminator.listen({ host: '0.0.0.0', port: Number(port) })

async function forward(client: TLSSocket) {
  const { remoteAddress, remotePort, localAddress, localPort } = client
  const server = connect({ host: '127.0.0.1', port: Number(serverPort), allowHalfOpen: true })
  server.write(`PROXY TCP4 ${remoteAddress} ${localAddress} ${remotePort} ${localPort}\r\n`)
  try {
    await Promise.all([pipeline(client, server), pipeline(server, client)])
  } catch (error) {
    // pipeline() has destroyed both: whoever is left sees that the other one has gone
    console.error(error instanceof Error ? error.message : error)
  }
}
