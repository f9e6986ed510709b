import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createConnection, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type InetAddress, StreamRequestHandler, type TCPServer, type UnixAddress } from 'socketserver-ts'

export const LOOPBACK: InetAddress = { host: '127.0.0.1', port: 0 }

/** A server whose loop runs until the end of the test's scope, where an error of the loop fails the test. */
export async function serving<Server extends Pick<TCPServer, 'listen' | 'serveForever' | 'serverClose'>>(
  server: Server,
): Promise<{ server: Server } & AsyncDisposable> {
  await server.listen()
  const loop = server.serveForever()
  // Awaited at the end of the scope; until then a rejection is not unhandled.
  loop.catch(() => {})
  return {
    server,
    [Symbol.asyncDispose]: async () => {
      await server.serverClose({ timeout: 0 })
      await loop
    },
  }
}

/** Replies to each line with its upper case until the client has sent all. */
export class UpperHandler extends StreamRequestHandler<InetAddress | UnixAddress> {
  override async handle(): Promise<void> {
    for await (const line of this.rfile) await this.wfile.write(line.toString().toUpperCase())
  }
}

/** A plain socket of Node, connected, which stays open for writing when the server half-closes. */
export async function plainClient(address: InetAddress | UnixAddress): Promise<Socket> {
  const target = typeof address === 'string' ? { path: address } : { host: address.host, port: address.port }
  const socket = createConnection({ ...target, allowHalfOpen: true })
  await once(socket, 'connect')
  return socket
}

/** All that a plain socket receives up to the end of the stream; the socket stays open for writing. */
export async function receiveAll(socket: Socket): Promise<string> {
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  await once(socket, 'end')
  return Buffer.concat(chunks).toString()
}

/** Sends `data`, half-closes, and receives the whole reply. */
export async function exchange(
  address: InetAddress | UnixAddress,
  data: string | Uint8Array,
): Promise<string> {
  const socket = await plainClient(address)
  socket.end(data)
  return receiveAll(socket)
}

/** A promise with its settling functions, for steps that a test puts into an order. */
export function gate(): { opened: Promise<void>; open: () => void } {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}

/** A folder for socket files, which is removed at the end of the test's scope. */
export async function temporaryFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'unix-'))
  return {
    path,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  }
}
