import { conflicts, destinationOf, isAnyAddress, isLoopback, reaches } from './loopback-address.ts'
import type {
  FromNetwork,
  NetworkAddress,
  NetworkErrorCode,
  SocketId,
  ToNetwork,
} from './network-messages.ts'
import { Ports } from './ports.ts'

/** As much of datagrams waits for a program as under the default of Linux; what comes on top is lost. */
const RECEIVE_BUFFER_BYTES = 212_992

type Send = (message: FromNetwork) => void

/** A program that is attached to the network. */
export interface NetworkLink {
  receive(message: ToNetwork): void
  /** The program has ended, and its sockets with it. */
  detach(): void
}

interface Owner {
  readonly send: Send
  readonly sockets: Map<SocketId, Socket>
}

interface Listener {
  kind: 'listener'
  readonly owner: Owner
  readonly id: SocketId
  readonly address: NetworkAddress
  readonly backlog: number
  unaccepted: number
  /** Clients for which there is no room; their requests are repeated until there is. */
  readonly waiting: { owner: Owner; id: SocketId }[]
}

/** One end of a connection. */
interface End {
  kind: 'end'
  readonly owner: Owner
  readonly id: SocketId
  other: End | undefined
  readonly port: number
}

interface Datagrams {
  kind: 'datagrams'
  readonly owner: Owner
  readonly id: SocketId
  readonly address: NetworkAddress
  readonly reuse: boolean
  waitingBytes: number
}

type Socket = Listener | End | Datagrams

/** The loopback interface of a machine that does not exist: it joins the sockets of all programs that are attached. */
export class SimulatedNetwork {
  readonly #listeners = new Set<Listener>()
  readonly #datagrams = new Set<Datagrams>()
  readonly #tcpPorts = new Ports()
  readonly #udpPorts = new Ports()
  #lastAccepted = 0

  /** `send` must deliver in order, and not before it returns. */
  attach(send: Send): NetworkLink {
    const owner: Owner = { send, sockets: new Map() }
    return {
      receive: (message) => this.#receive(owner, message),
      detach: () => {
        for (const id of [...owner.sockets.keys()]) this.#close(owner, id)
      },
    }
  }

  #receive(owner: Owner, message: ToNetwork): void {
    const { socket: id } = message
    switch (message.type) {
      case 'listen':
        return this.#listen(owner, id, message.address, message.backlog)
      case 'connect':
        return this.#connect(owner, id, message.address)
      case 'bind':
        return this.#bind(owner, id, message.address, message.reuse)
      case 'accepted':
        return this.#accepted(owner.sockets.get(id))
      case 'datagram':
        return this.#sendDatagram(owner.sockets.get(id), message.address, message.data)
      case 'taken':
        return this.#taken(owner.sockets.get(id), message.bytes)
      case 'segment':
        return this.#relay(owner, id, message.data)
      case 'end':
        return this.#tellOther(owner, id, 'end')
      case 'reset':
        this.#tellOther(owner, id, 'reset')
        return this.#close(owner, id)
      case 'close':
        return this.#close(owner, id)
    }
  }

  #listen(owner: Owner, id: SocketId, address: NetworkAddress, backlog: number): void {
    const taken = [...this.#listeners].some((other) => conflicts(other.address, address))
    const failure = whyNotBound(address, taken)
    if (failure !== undefined) return owner.send({ type: 'failed', socket: id, code: failure })
    const local = this.#tcpPorts.bind(address)
    const listener: Listener = {
      kind: 'listener',
      owner,
      id,
      address: local,
      backlog,
      unaccepted: 0,
      waiting: [],
    }
    this.#listeners.add(listener)
    owner.sockets.set(id, listener)
    owner.send({ type: 'opened', socket: id, local, peer: null })
  }

  #bind(owner: Owner, id: SocketId, address: NetworkAddress, reuse: boolean): void {
    const taken = [...this.#datagrams].some(
      (other) => conflicts(other.address, address) && !(reuse && other.reuse),
    )
    const failure = whyNotBound(address, taken)
    if (failure !== undefined) return owner.send({ type: 'failed', socket: id, code: failure })
    const local = this.#udpPorts.bind(address)
    const socket: Datagrams = { kind: 'datagrams', owner, id, address: local, reuse, waitingBytes: 0 }
    this.#datagrams.add(socket)
    owner.sockets.set(id, socket)
    owner.send({ type: 'opened', socket: id, local, peer: null })
  }

  #connect(owner: Owner, id: SocketId, address: NetworkAddress): void {
    const target = { host: destinationOf(address.host), port: address.port }
    const fail = (code: NetworkErrorCode): void => owner.send({ type: 'failed', socket: id, code })
    if (!isLoopback(target.host)) return fail('ENETUNREACH')
    const listener = [...this.#listeners].find((candidate) => reaches(candidate.address, target))
    if (listener === undefined) return fail('ECONNREFUSED')
    // As in Linux, the backlog takes one connection more than it was asked for.
    if (listener.unaccepted > listener.backlog) listener.waiting.push({ owner, id })
    else this.#establish(owner, id, listener, target)
  }

  #establish(owner: Owner, id: SocketId, listener: Listener, local: NetworkAddress): void {
    const peer = this.#tcpPorts.bind({ host: local.host, port: 0 })
    this.#lastAccepted -= 1
    const client: End = { kind: 'end', owner, id, other: undefined, port: peer.port }
    const server: End = {
      kind: 'end',
      owner: listener.owner,
      id: this.#lastAccepted,
      other: client,
      port: local.port,
    }
    client.other = server
    owner.sockets.set(id, client)
    listener.owner.sockets.set(server.id, server)
    this.#tcpPorts.use(local.port)
    listener.unaccepted += 1
    listener.owner.send({ type: 'connection', listener: listener.id, socket: server.id, local, peer })
    owner.send({ type: 'opened', socket: id, local: peer, peer: local })
  }

  #accepted(listener: Socket | undefined): void {
    if (listener?.kind !== 'listener') return
    listener.unaccepted -= 1
    const next = listener.waiting.shift()
    const host = isAnyAddress(listener.address.host)
      ? destinationOf(listener.address.host)
      : listener.address.host
    if (next !== undefined)
      this.#establish(next.owner, next.id, listener, { host, port: listener.address.port })
  }

  #relay(owner: Owner, id: SocketId, data: Uint8Array): void {
    const end = owner.sockets.get(id)
    if (end?.kind !== 'end') return
    // Whoever sends to a socket that is closed is told so by a reset.
    if (end.other === undefined) owner.send({ type: 'reset', socket: id })
    else end.other.owner.send({ type: 'segment', socket: end.other.id, data })
  }

  #tellOther(owner: Owner, id: SocketId, type: 'end' | 'reset'): void {
    const end = owner.sockets.get(id)
    if (end?.kind === 'end') end.other?.owner.send({ type, socket: end.other.id })
  }

  #sendDatagram(from: Socket | undefined, address: NetworkAddress, data: Uint8Array): void {
    if (from?.kind !== 'datagrams') return
    const target = { host: destinationOf(address.host), port: address.port }
    const to = [...this.#datagrams].findLast((candidate) => reaches(candidate.address, target))
    // Nobody is told that a datagram has found no socket, or no room in it.
    if (to === undefined || to.waitingBytes + data.length > RECEIVE_BUFFER_BYTES) return
    to.waitingBytes += data.length
    const host = isAnyAddress(from.address.host) ? target.host : from.address.host
    to.owner.send({ type: 'datagram', socket: to.id, address: { host, port: from.address.port }, data })
  }

  #taken(socket: Socket | undefined, bytes: number): void {
    if (socket?.kind === 'datagrams') socket.waitingBytes -= bytes
    else if (socket?.kind === 'end')
      socket.other?.owner.send({ type: 'taken', socket: socket.other.id, bytes })
  }

  #close(owner: Owner, id: SocketId): void {
    const socket = owner.sockets.get(id)
    owner.sockets.delete(id)
    switch (socket?.kind) {
      case 'listener':
        this.#listeners.delete(socket)
        this.#tcpPorts.release(socket.address.port)
        for (const client of socket.waiting) {
          client.owner.send({ type: 'failed', socket: client.id, code: 'ECONNREFUSED' })
        }
        return
      case 'datagrams':
        this.#datagrams.delete(socket)
        return this.#udpPorts.release(socket.address.port)
      case 'end':
        this.#tcpPorts.release(socket.port)
        if (socket.other === undefined) return
        socket.other.owner.send({ type: 'end', socket: socket.other.id })
        socket.other.other = undefined
        return
      case undefined:
    }
  }
}

function whyNotBound({ host }: NetworkAddress, isTaken: boolean): NetworkErrorCode | undefined {
  if (!isLoopback(host) && !isAnyAddress(host)) return 'EADDRNOTAVAIL'
  return isTaken ? 'EADDRINUSE' : undefined
}
