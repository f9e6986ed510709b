/** `library.ts CLASS HANDLER NAME=NUMBER…`: a server of the library that prints its port, or the path of its socket. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import * as library from 'socketserver-ts'
import * as handlers from './handlers.ts'

const BACKLOG = 511

const [, , className = '', handlerName = '', ...variables] = process.argv
type AnyAddress = library.InetAddress | library.UnixAddress
type AnyServer = new (address: AnyAddress, handler: unknown) => library.TCPServer<unknown, AnyAddress>
const address = className.includes('Unix')
  ? join(mkdtempSync(join(tmpdir(), 'bench-')), 'socket')
  : { host: '127.0.0.1', port: 0 }
const Server = Reflect.get(library, className) as AnyServer
const server = new Server(address, Reflect.get(handlers, handlerName))
server.requestQueueSize = BACKLOG
for (const variable of variables) {
  const [name = '', value] = variable.split('=')
  Reflect.set(server, name, Number(value))
}
await server.listen()
console.log(typeof server.serverAddress === 'string' ? server.serverAddress : server.serverAddress.port)
process.on('SIGTERM', () => void server.serverClose({ timeout: 0 }))
await server.serveForever()
if (typeof address === 'string') rmSync(dirname(address), { recursive: true })
