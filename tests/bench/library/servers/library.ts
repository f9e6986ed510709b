/** `library.ts CLASS HANDLER`: a server of the library that prints its port. */
import * as library from 'socketserver-ts'
import * as handlers from './handlers.ts'

const BACKLOG = 511

const [, , className = '', handlerName = '', ...variables] = process.argv
type AnyServer = new (address: library.InetAddress, handler: unknown) => library.TCPServer
const Server = Reflect.get(library, className) as AnyServer
const server = new Server({ host: '127.0.0.1', port: 0 }, Reflect.get(handlers, handlerName))
server.requestQueueSize = BACKLOG
for (const variable of variables) {
  const [name = '', value] = variable.split('=')
  Reflect.set(server, name, Number(value))
}
await server.listen()
console.log(server.serverAddress.port)
await server.serveForever()
