import { closeSync } from 'node:fs'
import type { UdpTransport } from '../../sockets/udp-transport.ts'
import { DescriptorGate } from '../descriptor-gate.ts'
import type { LentMessage } from '../messages.ts'
import type { Duplicate } from './descriptors.ts'

/** A second descriptor of a server's UDP socket, with which one thread sends its replies without asking for it. */
export class LentDescriptor {
  readonly transport: UdpTransport
  readonly message: LentMessage
  readonly #gate = new DescriptorGate()

  private constructor(transport: UdpTransport, descriptor: number) {
    this.transport = transport
    this.message = { descriptor, gate: this.#gate.buffer }
    // The address is free when the server is closed, whatever its threads still do.
    transport.whenClosed(() => {
      if (this.#gate.close()) closeSync(descriptor)
    })
  }

  /** Null where the descriptor of a socket cannot be had. */
  static of(transport: UdpTransport, duplicate: Duplicate): LentDescriptor | null {
    const { descriptor } = transport
    const copy = descriptor === -1 ? -1 : duplicate(descriptor)
    return copy === -1 ? null : new LentDescriptor(transport, copy)
  }

  /** Called when the thread has ended. */
  end(): void {
    if (this.#gate.end()) closeSync(this.message.descriptor)
  }
}
