import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import {
  BaseRequestHandler,
  type DatagramRequest,
  type DatagramSocket,
  type InetAddress,
  type UnixAddress,
} from 'socketserver-ts'
import { temporaryFolder } from './support.ts'

export const LIBRARY = import.meta.resolve('socketserver-ts')

export type AnyAddress = InetAddress | UnixAddress

/** Written once, for the datagrams of UDP and of Unix sockets. */
export class UpperHandler extends BaseRequestHandler<DatagramRequest<AnyAddress>, AnyAddress> {
  override async handle() {
    const [data, socket] = this.request
    await socket.sendTo(data.toString().toUpperCase(), this.clientAddress)
  }
}

/** A folder with the paths of a server and of a client. */
export async function paths() {
  const folder = await temporaryFolder()
  return Object.assign(folder, { server: join(folder.path, 'server'), client: join(folder.path, 'client') })
}

export async function ask<Address>(
  client: DatagramSocket<Address>,
  question: string,
  server: Address,
): Promise<string> {
  await client.sendTo(question, server)
  return String((await client.recvFrom())[0])
}

/**
 * A program that binds to `path` and takes nothing from its queue until a line comes on its standard input; then it writes
 * each datagram on a line, and ends with the first empty one.
 */
export async function sleepyReceiver(path: string): Promise<ChildProcess> {
  const program = `
    import { readSync } from 'node:fs'
    import { openDatagram } from ${JSON.stringify(LIBRARY)}
    const socket = await openDatagram(${JSON.stringify(path)})
    process.stdout.write('bound\\n')
    readSync(0, Buffer.alloc(1))
    for (;;) {
      const [data] = await socket.recvFrom()
      if (data.length === 0) break
      console.log(String(data))
    }
    await socket.close()`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  await once(child.stdout as NodeJS.ReadableStream, 'data')
  return child
}
