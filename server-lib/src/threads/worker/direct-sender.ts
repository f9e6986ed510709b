import { checkInetAddress } from '../../sockets/address.ts'
import { sockaddrOfInet } from '../../sockets/sockaddr-in.ts'
import { DescriptorGate } from '../descriptor-gate.ts'
import type { LentMessage } from '../messages.ts'

const MSG_DONTWAIT = process.platform === 'linux' ? 0x40 : 0x80

type SendTo = (...parameters: unknown[]) => number

interface Libc {
  sendTo: SendTo
  close: (descriptor: number) => void
}

/** Sends datagrams with the descriptor that was lent to this thread. */
export class DirectSender {
  readonly #descriptor: number
  readonly #gate: DescriptorGate
  #libc: Libc | null = null

  constructor({ descriptor, gate }: LentMessage) {
    this.#descriptor = descriptor
    this.#gate = new DescriptorGate(gate)
    void this.#load()
  }

  /** The length in bytes of what was sent; null if the server has to send it, or to say why it cannot be sent. */
  trySend(data: Uint8Array | string, address: unknown): number | null {
    const libc = this.#libc
    if (libc === null) return null
    checkInetAddress(address, 'send')
    const sockaddr = sockaddrOfInet(address)
    if (sockaddr === null) return null
    const bytes = typeof data === 'string' ? Buffer.from(data) : data
    const sent = this.#gate.use(
      () => libc.sendTo(this.#descriptor, bytes, bytes.length, MSG_DONTWAIT, sockaddr, sockaddr.length),
      () => {
        libc.close(this.#descriptor)
      },
    )
    return sent === null || sent < 0 ? null : sent
  }

  /** Replies until then go through the server. */
  async #load(): Promise<void> {
    const { default: koffi } = await import('koffi')
    const libc = koffi.load(null)
    this.#libc = {
      sendTo: libc.func('intptr_t sendto(int, void *, size_t, int, void *, uint32_t)') as SendTo,
      close: libc.func('int close(int)') as Libc['close'],
    }
  }
}
