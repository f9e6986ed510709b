import { closeSync } from 'node:fs'
import { checkInetAddress } from '../../sockets/address.ts'
import { sockaddrOfInet } from '../../sockets/sockaddr-in.ts'
import { DescriptorGate } from '../descriptor-gate.ts'
import type { LentMessage } from '../messages.ts'

const MSG_DONTWAIT = process.platform === 'linux' ? 0x40 : 0x80

type SendTo = (...parameters: unknown[]) => number

/** Sends datagrams with the descriptor that was lent to this thread. */
export class DirectSender {
  readonly #descriptor: number
  readonly #gate: DescriptorGate
  #sendTo: SendTo | null = null

  constructor({ descriptor, gate }: LentMessage) {
    this.#descriptor = descriptor
    this.#gate = new DescriptorGate(gate)
    void this.#load()
  }

  /** The length in bytes of what was sent; null if the server has to send it, or to say why it cannot be sent. */
  trySend(data: Uint8Array | string, address: unknown): number | null {
    if (this.#sendTo === null) return null
    checkInetAddress(address, 'send')
    const sockaddr = sockaddrOfInet(address)
    if (sockaddr === null || !this.#gate.enter()) return null
    const bytes = typeof data === 'string' ? Buffer.from(data) : data
    const sent = this.#sendTo(this.#descriptor, bytes, bytes.length, MSG_DONTWAIT, sockaddr, sockaddr.length)
    if (this.#gate.leave()) closeSync(this.#descriptor)
    return sent < 0 ? null : sent
  }

  /** Replies until then go through the server. */
  async #load(): Promise<void> {
    const { default: koffi } = await import('koffi')
    this.#sendTo = koffi
      .load(null)
      .func('intptr_t sendto(int, void *, size_t, int, void *, uint32_t)') as SendTo
  }
}
