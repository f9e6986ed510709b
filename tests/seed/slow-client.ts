import { type InetAddress, TCPServer } from 'socketserver-ts'
import { exchange, LOOPBACK, plainClient, receiveAll, serving, UpperHandler } from '../server-lib/support.ts'

/** A client of DataHandler that is slow to receive all the data it has requested. */
export interface SlowClient extends AsyncDisposable {
  /** Receives the data after all; resolves to its length in bytes. */
  receive: () => Promise<number>
}

/** Requests much data and receives only its beginning. */
export async function slowClient(address: InetAddress): Promise<SlowClient> {
  const socket = await plainClient(address)
  socket.end('much\n')
  await new Promise((resolve) => socket.once('readable', resolve))
  return {
    receive: async () => (await receiveAll(socket)).length,
    [Symbol.asyncDispose]: () => Promise.resolve(void socket.destroy()),
  }
}

/** Another client of DataHandler: its reply, and whether it waits for that longer than another server takes for many. */
export async function otherClient(address: InetAddress): Promise<{ reply: Promise<string>; waits: boolean }> {
  let waits = true
  const reply = exchange(address, 'little\n').finally(() => (waits = false))
  await using other = await serving(new TCPServer(LOOPBACK, UpperHandler))
  for (let count = 0; count < 50; count++) await exchange(other.server.serverAddress, 'meanwhile\n')
  return { reply, waits }
}
