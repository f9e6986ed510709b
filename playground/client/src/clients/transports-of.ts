import type { Address } from '@playground/protocol'
import { isStream, type Transport } from '../kinds/server-kind.ts'
import { serverKindOf } from '../kinds/with-server-class.ts'

/** The transports that an address can be of; the first is the one of the server in the program. */
export function transportsOf(address: Address, program: string): readonly Transport[] {
  const [stream, datagram]: [Transport, Transport] =
    typeof address === 'string' ? ['unix-stream', 'unix-datagram'] : ['tcp', 'udp']
  const kind = serverKindOf(program)
  const isDatagram = !('refusal' in kind) && !isStream(kind.transport)
  return isDatagram ? [datagram, stream] : [stream, datagram]
}
