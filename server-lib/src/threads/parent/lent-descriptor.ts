import { setTimeout } from 'node:timers/promises'
import type { UdpTransport } from '../../sockets/udp-transport.ts'
import { DescriptorGate } from '../descriptor-gate.ts'
import type { LentMessage } from '../messages.ts'
import type { DescriptorCalls } from './descriptors.ts'

/** A thread closes its descriptor as soon as the one datagram is sent that it is sending. */
const LOOK_INTERVAL_MS = 1

/** A second descriptor of a server's UDP socket, with which one thread sends its replies without asking for it. */
export class LentDescriptor {
  readonly transport: UdpTransport
  readonly message: LentMessage
  readonly #gate = new DescriptorGate()
  readonly #calls: DescriptorCalls
  readonly #forget: () => void

  private constructor(transport: UdpTransport, descriptor: number, calls: DescriptorCalls) {
    this.transport = transport
    this.message = { descriptor, gate: this.#gate.buffer }
    this.#calls = calls
    // The address is free when the server is closed, whatever its threads still do.
    this.#forget = transport.whenClosed(() => this.#close())
  }

  /** Null where the descriptor of a socket cannot be had. */
  static of(transport: UdpTransport, calls: DescriptorCalls): LentDescriptor | null {
    const { descriptor } = transport
    const copy = descriptor === -1 ? -1 : calls.duplicate(descriptor)
    return copy === -1 ? null : new LentDescriptor(transport, copy, calls)
  }

  /** Called when the thread has ended. */
  end(): void {
    this.#forget()
    if (this.#gate.end()) this.#calls.close(this.message.descriptor)
  }

  async #close(): Promise<void> {
    if (this.#gate.close()) this.#calls.close(this.message.descriptor)
    else while (!this.#gate.isClosed) await setTimeout(LOOK_INTERVAL_MS)
  }
}
