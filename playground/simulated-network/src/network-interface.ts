import type { FromNetwork, SocketId, ToNetwork } from './network-messages.ts'

type Receive = (message: FromNetwork) => void

/** What a program's sockets talk to the network through. */
export class NetworkInterface {
  readonly send: (message: ToNetwork) => void
  readonly #sockets = new Map<SocketId, Receive>()
  #last = 0

  constructor(send: (message: ToNetwork) => void) {
    this.send = send
  }

  /** Gives the number of a new socket. */
  open(receive: Receive): SocketId {
    this.#last += 1
    this.#sockets.set(this.#last, receive)
    return this.#last
  }

  /** Called with the number of a connection that has come to a listener. */
  adopt(socket: SocketId, receive: Receive): void {
    this.#sockets.set(socket, receive)
  }

  close(socket: SocketId): void {
    if (this.#sockets.delete(socket)) this.send({ type: 'close', socket })
  }

  receive(message: FromNetwork): void {
    const receive = this.#sockets.get(message.type === 'connection' ? message.listener : message.socket)
    if (receive !== undefined) receive(message)
    // The listener has been closed while a client was on its way to it.
    else if (message.type === 'connection') this.send({ type: 'reset', socket: message.socket })
  }
}

let current: NetworkInterface | undefined

/** Called before a program opens its first socket. */
export function useNetwork(network: NetworkInterface): void {
  current = network
}

export function network(): NetworkInterface {
  if (current === undefined) throw new Error('Cannot open a socket: a network is required first')
  return current
}
