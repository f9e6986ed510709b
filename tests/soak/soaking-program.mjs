/** `soaking-program.mjs SECONDS`: serves and is its own clients, and prints what it holds at a quarter of the time and at the end. */
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import {
  AsyncTCPServer,
  connect,
  DatagramRequestHandler,
  ForkingTCPServer,
  isMain,
  openDatagram,
  StreamRequestHandler,
  TCPServer,
  ThreadingTCPServer,
  ThreadingUDPServer,
  UDPServer,
} from 'socketserver-ts'

const LOOPBACK = { host: '127.0.0.1', port: 0 }
const CLIENTS = 4

/** The loopback loses datagrams too: what all programs of the machine have on their way there has one line for each core. */
const RESEND_MS = 1000

export class LineHandler extends StreamRequestHandler {
  async handle() {
    for await (const line of this.rfile) await this.wfile.write(line)
  }
}

export class DatagramHandler extends DatagramRequestHandler {
  async handle() {
    await this.wfile.write(await this.rfile.read())
  }
}

if (isMain(import.meta)) await soak(Number(process.argv[2]) * 1000)

/** @param {number} forMs */
async function soak(forMs) {
  const forking = new ForkingTCPServer(LOOPBACK, LineHandler)
  forking.requestsPerChild = 100
  forking.maxChildren = 2
  const threading = new ThreadingTCPServer(LOOPBACK, LineHandler)
  threading.maxThreads = 2
  const threadingDatagrams = new ThreadingUDPServer(LOOPBACK, DatagramHandler)
  threadingDatagrams.maxThreads = 2
  const streams = [
    new TCPServer(LOOPBACK, LineHandler),
    new AsyncTCPServer(LOOPBACK, LineHandler),
    threading,
    forking,
  ]
  const datagrams = [new UDPServer(LOOPBACK, DatagramHandler), threadingDatagrams]
  const servers = [...streams, ...datagrams]
  for (const server of streams) server.requestQueueSize = 128
  await Promise.all(servers.map((server) => server.listen()))
  const loops = servers.map((server) => server.serveForever())

  const begun = performance.now()
  const isOver = () => performance.now() - begun >= forMs
  let requests = 0
  let resent = 0
  const clients = [
    ...streams.flatMap((server) =>
      Array.from({ length: CLIENTS }, async (_, client) => {
        while (!isOver()) {
          await converse(server.serverAddress, client)
          requests++
        }
      }),
    ),
    ...datagrams.map(async (server) => {
      const socket = await openDatagram(LOOPBACK)
      socket.setTimeout(RESEND_MS)
      while (!isOver()) {
        await socket.sendTo('ping', server.serverAddress)
        try {
          await socket.recvFrom()
          requests++
        } catch (error) {
          if (error.code !== 'ERR_SOCKET_TIMEOUT') throw error
          resent++
        }
      }
      await socket.close()
    }),
  ]
  await setTimeout(forMs / 4)
  const early = await holdings()
  await Promise.all(clients)
  const late = await holdings()
  await Promise.all(servers.map((server) => server.serverClose({ timeout: 5000 })))
  await Promise.all(loops)
  console.log(JSON.stringify({ requests, resent, early, late, closed: await holdings() }))
}

/**
 * One connection: mostly an echo, now and then a client that vanishes.
 *
 * @param {import('socketserver-ts').InetAddress} address
 * @param {number} client
 */
async function converse(address, client) {
  const socket = await connect(address)
  socket.setTimeout(10_000)
  await socket.send(`client ${client}\n${'x'.repeat(1000)}\n`)
  if (Math.random() < 0.1) {
    socket.abort()
    return
  }
  const reader = socket.makefile('r')
  const line = String(await reader.readline())
  if (line !== `client ${client}\n`) throw new Error(`Client ${client} was answered ${JSON.stringify(line)}`)
  await reader.readline()
  await socket.close()
}

async function holdings() {
  // Connections that linger are not yet gone, and what the last ones held is collected in a later turn.
  await setTimeout(1500)
  global.gc?.()
  await setTimeout(100)
  global.gc?.()
  return {
    heapBytes: process.memoryUsage().heapUsed,
    residentBytes: process.memoryUsage.rss(),
    descriptors: readdirSync('/proc/self/fd').length,
    threads: Number(/^Threads:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]),
    children: readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .filter(Boolean).length,
  }
}
