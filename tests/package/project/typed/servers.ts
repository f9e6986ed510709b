import {
  AsyncMixIn,
  AsyncTCPServer,
  connect,
  currentThread,
  DatagramRequestHandler,
  ForkingMixIn,
  ForkingUDPServer,
  type InetAddress,
  Lock,
  openDatagram,
  SocketServerError,
  StreamRequestHandler,
  type StreamSocket,
  TCPServer,
  ThreadingMixIn,
  ThreadingTCPServer,
  UDPServer,
  UnixDatagramServer,
  UnixStreamServer,
} from 'socketserver-ts'

export class CountingServer extends ThreadingMixIn(TCPServer) {
  override daemonThreads = true
  lock = new Lock()
  count = new Int32Array(new SharedArrayBuffer(4))
}

export class CountingHandler extends StreamRequestHandler<InetAddress, CountingServer> {
  override async handle() {
    const line = await this.rfile.readline()
    // @ts-expect-error a line is a Buffer: without Node's types it would be any
    const text: string = line
    await this.server.lock.run(() => Atomics.add(this.server.count, 0, 1))
    await this.wfile.write(`${currentThread().name}: ${text}`)
  }
}

export class PacketHandler extends DatagramRequestHandler {
  override async handle() {
    await this.wfile.write(this.packet)
  }
}

export class AsyncUDP extends AsyncMixIn(UDPServer) {}
export class ForkingUnix extends ForkingMixIn(UnixStreamServer) {}
export class ThreadingUnixDatagrams extends ThreadingMixIn(UnixDatagramServer) {}

export class Verifying extends AsyncTCPServer {
  override verifyRequest(_request: StreamSocket, { host }: InetAddress) {
    return host === '127.0.0.1'
  }
}

const address = { host: 'localhost', port: 0 }
export const counting = new CountingServer(address, CountingHandler)
export const threading = new ThreadingTCPServer(address, StreamRequestHandler)
export const forking = new ForkingUDPServer(address, PacketHandler)
export const paths = new UnixStreamServer('/tmp/socket', StreamRequestHandler<string>)
// @ts-expect-error a datagram handler with a stream server
export const mismatched = new TCPServer(address, PacketHandler)
export const { listen, serveForever, getRequest, serverClose } = TCPServer.prototype

export async function ask(question: string) {
  const client = await connect(address)
  client.setTimeout(1000)
  await client.sendAll(question)
  const datagrams = await openDatagram()
  return [await client.recv(100), await datagrams.recvFrom()] as const
}

export const isRefusal = (error: unknown) =>
  error instanceof SocketServerError && error.code === 'ERR_UNSUPPORTED'
