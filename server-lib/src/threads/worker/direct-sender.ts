import { SocketServerError } from '../../errors.ts'
import { checkInetAddress } from '../../sockets/address.ts'
import { sockaddrOfInet } from '../../sockets/sockaddr-in.ts'
import { DatagramCalls } from '../../sockets/datagram-calls.ts'
import { DescriptorGate } from '../descriptor-gate.ts'
import type { LentMessage } from '../messages.ts'

/** Sends datagrams with the descriptor that was lent to this thread. */
export class DirectSender {
  readonly #descriptor: number
  readonly #gate: DescriptorGate
  #calls: DatagramCalls | null = null

  constructor({ descriptor, gate }: LentMessage) {
    this.#descriptor = descriptor
    this.#gate = new DescriptorGate(gate)
    void this.#load()
  }

  /** The length in bytes of what was sent; null if the server has to send it, or to say why it cannot be sent. */
  trySend(data: Uint8Array | string, address: unknown): number | null {
    const calls = this.#calls
    if (calls === null) return null
    checkInetAddress(address, 'send')
    const sockaddr = sockaddrOfInet(address)
    if (sockaddr === null) return null
    const bytes = typeof data === 'string' ? Buffer.from(data) : data
    const sent = this.#gate.use(
      () => calls.sendTo(this.#descriptor, bytes, sockaddr),
      () => {
        calls.close(this.#descriptor)
      },
    )
    return sent === null || sent < 0 ? null : sent
  }

  async #load(): Promise<void> {
    try {
      this.#calls = await DatagramCalls.load()
    } catch (error) {
      // As they do until it is loaded, replies go through the server, which needs no such calls.
      if (!(error instanceof SocketServerError)) throw error
    }
  }
}
