import type { Address } from '@playground/protocol'
import { isStream, type Transport } from '../kinds/server-kind.ts'

/** A number, or nothing where the reader has left the field empty. */
type Amount = number | ''

/** What the reader sets for the next ready client. */
export interface ClientKnobs {
  burst: boolean
  clients: Amount
  atATime: Amount
  text: string
  delayMs: Amount
  bytesPerSecond: Amount
  chunkBytes: Amount
  ending: 'stay' | 'half-close' | 'abort'
  lossPercent: Amount
  reorderPercent: Amount
  duplicatePercent: Amount
}

export const DEFAULT_KNOBS: Readonly<ClientKnobs> = {
  burst: false,
  clients: 100,
  atATime: 10,
  text: 'hello',
  delayMs: '',
  bytesPerSecond: '',
  chunkBytes: '',
  ending: 'stay',
  lossPercent: '',
  reorderPercent: '',
  duplicatePercent: '',
}

/** The words after the program's name: the address, and what differs from a plain client. */
export function clientWords(address: Address, transport: Transport, knobs: Readonly<ClientKnobs>): string[] {
  return [
    ...addressWords(address),
    ...option('delay-ms', knobs.delayMs),
    ...(isStream(transport) ? streamWords(knobs) : datagramWords(knobs)),
    ...(knobs.burst ? burstWords(knobs) : []),
  ]
}

function streamWords({ bytesPerSecond, chunkBytes, ending }: Readonly<ClientKnobs>): string[] {
  return [
    ...option('bytes-per-second', bytesPerSecond),
    ...option('chunk-bytes', chunkBytes),
    ...(ending === 'stay' ? [] : [`--${ending}`]),
  ]
}

function datagramWords({ lossPercent, reorderPercent, duplicatePercent }: Readonly<ClientKnobs>): string[] {
  return [
    ...option('loss-percent', lossPercent),
    ...option('reorder-percent', reorderPercent),
    ...option('duplicate-percent', duplicatePercent),
  ]
}

function burstWords({ clients, atATime, text }: Readonly<ClientKnobs>): string[] {
  return [...option('clients', clients), ...option('at-a-time', atATime), `--text=${text}`]
}

function option(name: string, amount: Amount): string[] {
  return amount === '' || amount === 0 ? [] : [`--${name}=${amount}`]
}

/** HOST PORT, or a path: a server that listens on every address of the machine is reached at its own. */
export function addressWords(address: Address): string[] {
  if (typeof address === 'string') return [address]
  const host = { '0.0.0.0': '127.0.0.1', '::': '::1' }[address.host] ?? address.host
  return [host, String(address.port)]
}
