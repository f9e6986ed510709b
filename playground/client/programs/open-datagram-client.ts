import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DatagramSocket, openDatagram } from 'socketserver-ts'
import { address } from './client-arguments.ts'

/** A datagram socket that talks to one server. */
export interface DatagramClient {
  send(data: string): Promise<number>
  receive(): Promise<Buffer>
  setTimeout(timeoutMs: number): void
  close(): Promise<void>
}

let opened = 0

/** Opens a socket that the server can reply to. */
export async function openDatagramClient(): Promise<DatagramClient> {
  if (typeof address !== 'string') {
    const host = address.host.includes(':') ? '::' : '0.0.0.0'
    return clientOf(await openDatagram({ host, port: 0 }), address)
  }
  // a Unix socket without a path of its own gets no replies
  opened += 1
  return clientOf(await openDatagram(join(tmpdir(), `client-${process.pid}-${opened}.sock`)), address)
}

function clientOf<Address>(socket: DatagramSocket<Address>, server: Address): DatagramClient {
  return {
    send: (data) => socket.sendTo(data, server),
    receive: async () => (await socket.recvFrom())[0],
    setTimeout: (timeoutMs) => socket.setTimeout(timeoutMs),
    close: () => socket.close(),
  }
}
