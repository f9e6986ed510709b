import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'

const HOST = '127.0.0.1'

/** The port on which the programs of the docs listen. */
const PORT = 9999

export async function tcpPortIsFree(): Promise<boolean> {
  const socket = connect({ host: HOST, port: PORT })
  try {
    await once(socket, 'connect')
    return false
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED') return true
    throw error
  } finally {
    socket.destroy()
  }
}

export async function udpPortIsFree(): Promise<boolean> {
  const socket = createSocket('udp4')
  try {
    socket.bind({ address: HOST, port: PORT, exclusive: true })
    await once(socket, 'listening')
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return false
    throw error
  } finally {
    socket.close()
  }
}

/** Another program has the port until the returned function is called. */
export async function takeTcpPort(): Promise<() => Promise<void>> {
  const server = createServer().listen(PORT, HOST)
  await once(server, 'listening')
  return async () => {
    server.close()
    await once(server, 'close')
  }
}
