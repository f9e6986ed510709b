import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { UnixDatagramTransport } from '../../../server-lib/dist/sockets/unix-datagram-transport.js'

const HOST = '127.0.0.1'
const REST_MS = 400
const IDLE_MS = 25_000

/** Puts a load on the server at a port and gives a rate (more is better) or a time (less is better). */
export type Load = (target: string, pid: number) => Promise<number>

const perSecond = (count: number, begun: number) => (count / (performance.now() - begun)) * 1000

async function connected(target: string): Promise<Socket> {
  const socket = connect({ port: Number(target), host: HOST, noDelay: true, allowHalfOpen: true })
  await once(socket, 'connect')
  return socket
}

/** Connects, sends, receives the reply and the end, and closes: so many a second. */
export function connections({ count = 2000, atOnce = 16 } = {}): Load {
  return async (target) => {
    let left = count
    const begun = performance.now()
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        while (left-- > 0) await oneConnection(target)
      }),
    )
    return perSecond(count, begun)
  }
}

function oneConnection(target: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: Number(target), host: HOST })
    socket.on('connect', () => socket.write('hello\n'))
    socket.on('data', () => {})
    socket.on('close', () => {
      resolve()
    })
    socket.on('error', reject)
  })
}

/** How long one connection takes from its begin to its reply, at rest: the median of `count`, in milliseconds. */
export function latency(count = 15): Load {
  return async (target) => {
    const times: number[] = []
    for (let index = 0; index < count; index++) {
      const begun = performance.now()
      const socket = await connected(target)
      socket.write('hello\n')
      await once(socket, 'data')
      times.push(performance.now() - begun)
      socket.destroy()
      // At rest: what the server prepares for the next request is not in the way of this one.
      await setTimeout(REST_MS)
    }
    return times.sort((a, b) => a - b)[times.length >> 1] ?? NaN
  }
}

/** `clients` connections that stay, each with one small message under way: so many echoes a second. */
export function echoes({ clients = 64, forMs = 1000 } = {}): Load {
  const message = Buffer.alloc(64, 'x')
  return async (target) => {
    const sockets = await Promise.all(Array.from({ length: clients }, () => connected(target)))
    let count = 0
    let isOver = false
    const begun = performance.now()
    for (const socket of sockets) {
      socket.on('data', () => {
        count++
        if (isOver) socket.end()
        else socket.write(message)
      })
      socket.write(message)
    }
    await setTimeout(forMs)
    const rate = perSecond(count, begun)
    isOver = true
    await Promise.all(sockets.map((socket) => once(socket, 'close')))
    return rate
  }
}

/** One connection that sends `data` again and again and receives it back: bytes a second. */
export function stream(data: Buffer, repeat: number): Load {
  return async (target) => {
    const socket = await connected(target)
    let received = 0
    socket.on('data', (chunk: Buffer) => (received += chunk.length))
    const ended = once(socket, 'end')
    const begun = performance.now()
    for (let index = 0; index < repeat; index++) {
      if (!socket.write(data)) await once(socket, 'drain')
    }
    socket.end()
    await ended
    return perSecond(received, begun)
  }
}

/** `clients` connections that stay and each send `data`, wait until all of it has come back, and begin again: bytes a second. */
export function pipelines(data: Buffer, { clients = 64, forMs = 1000 } = {}): Load {
  return async (target) => {
    const sockets = await Promise.all(Array.from({ length: clients }, () => connected(target)))
    let received = 0
    let isOver = false
    const begun = performance.now()
    for (const socket of sockets) {
      let missing = data.length
      socket.on('data', (chunk: Buffer) => {
        received += chunk.length
        missing -= chunk.length
        if (missing > 0) return
        missing = data.length
        if (isOver) socket.end()
        else socket.write(data)
      })
      socket.write(data)
    }
    await setTimeout(forMs)
    const rate = perSecond(received, begun)
    isOver = true
    await Promise.all(sockets.map((socket) => once(socket, 'close')))
    return rate
  }
}

/** `atOnce` datagrams under way from one socket: so many echoes a second. */
export function datagrams({ atOnce = 16, forMs = 1000 } = {}): Load {
  const message = Buffer.alloc(64, 'x')
  return async (target) => {
    const socket = createSocket('udp4')
    socket.connect(Number(target), HOST)
    await once(socket, 'connect')
    let count = 0
    socket.on('message', () => {
      count++
      socket.send(message)
    })
    const begun = performance.now()
    for (let index = 0; index < atOnce; index++) socket.send(message)
    await setTimeout(forMs)
    const rate = perSecond(count, begun)
    socket.close()
    return rate
  }
}

/** Milliseconds until `count` requests that were begun at once have all been answered. */
export function together(count: number): Load {
  return async (target) => {
    const begun = performance.now()
    await Promise.all(Array.from({ length: count }, () => oneConnection(target)))
    return performance.now() - begun
  }
}

/** `clients` sockets with paths of their own, each with one datagram under way: so many echoes a second. */
export function unixDatagrams({ clients = 16, forMs = 1000 } = {}): Load {
  const message = Buffer.alloc(64, 'x')
  return async (target) => {
    const directory = await mkdtemp(join(tmpdir(), 'bench-clients-'))
    let count = 0
    const begun = performance.now()
    const transports = await Promise.all(
      Array.from({ length: clients }, (_, index) =>
        UnixDatagramTransport.bind(join(directory, String(index))),
      ),
    )
    let isOver = false
    // Without the promises of openDatagram(): the load would be what is measured.
    const ended = transports.map(
      (transport) =>
        new Promise<void>((resolve, reject) => {
          const send = () => void transport.send(message, target, null).catch(reject)
          transport.start(() => {
            count++
            if (isOver) resolve()
            else send()
          }, reject)
          send()
        }),
    )
    await setTimeout(forMs)
    const rate = perSecond(count, begun)
    isOver = true
    await Promise.all(ended)
    await Promise.all(transports.map((transport) => transport.close()))
    await rm(directory, { recursive: true })
    return rate
  }
}

/**
 * Bytes of memory that the server takes for each of `count` connections that are open and idle. What connecting has taken
 * and left, which differs from run to run by more than servers do, V8 gives back when the process has been idle for a while.
 */
export function idleConnections(count = 10_000): Load {
  return async (target, pid) => {
    const before = await residentBytes(pid)
    const sockets = await Promise.all(Array.from({ length: count }, () => connected(target)))
    for (const socket of sockets) socket.write('hello\n')
    await Promise.all(sockets.map((socket) => once(socket, 'data')))
    await setTimeout(IDLE_MS)
    const bytes = (await residentBytes(pid)) - before
    const closed = sockets.map((socket) => once(socket, 'close'))
    for (const socket of sockets) socket.end()
    await Promise.all(closed)
    return bytes / count
  }
}

async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) * 1024
}
