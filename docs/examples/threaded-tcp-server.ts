import {
  BaseRequestHandler,
  connect,
  currentThread,
  type InetAddress,
  isMain,
  serveInThread,
  TCPServer,
  ThreadingMixIn,
} from 'socketserver-ts'

export class ThreadedTCPRequestHandler extends BaseRequestHandler {
  async handle() {
    const data = await this.request.recv(1024)
    await this.request.send(`${currentThread().name}: ${data}`)
  }
}

export class ThreadedTCPServer extends ThreadingMixIn(TCPServer) {}

async function client(address: InetAddress, message: string) {
  const socket = await connect(address)
  await socket.send(message)
  const response = await socket.recv(1024)
  console.log(`Received: ${response}`)
  await socket.close()
}

// threads import this module too, and only the program that was started may start the server
if (isMain(import.meta)) {
  // port 0 means to select an arbitrary unused port
  const server = new ThreadedTCPServer({ host: 'localhost', port: 0 }, ThreadedTCPRequestHandler)

  // start a thread with the server; that thread will then start one more thread for each request,
  // and it ends when the main thread does
  const serverThread = await serveInThread(server)
  console.log(`Server loop running in thread: ${serverThread.name}`)

  await client(server.serverAddress, 'Hello World 1')
  await client(server.serverAddress, 'Hello World 2')
  await client(server.serverAddress, 'Hello World 3')

  await server.shutdown()
}
