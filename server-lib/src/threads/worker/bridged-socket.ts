import type { MessagePort } from 'node:worker_threads'
import type { InetAddress } from '../../sockets/address.ts'
import type { Connection } from '../../sockets/stream-socket.ts'
import { PortStream } from '../port-stream.ts'

/** A connection that the parent thread holds, as the thread that serves it sees it: like a socket of Node. */
export class BridgedSocket extends PortStream implements Connection {
  readonly localAddress: string
  readonly localPort: number
  readonly localFamily = 'Bridge'
  #noDelay = false

  constructor(port: MessagePort, { host, port: localPort }: InetAddress) {
    super(port)
    this.localAddress = host
    this.localPort = localPort
  }

  setNoDelay(noDelay: boolean): void {
    if (noDelay === this.#noDelay) return
    this.#noDelay = noDelay
    this.post({ kind: 'noDelay', noDelay })
  }

  destroySoon(): void {
    this.end(() => this.destroy())
  }

  /** Breaks off, at which the parent resets the connection. */
  resetAndDestroy(): void {
    this.destroy()
  }
}
