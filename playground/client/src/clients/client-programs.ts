import type { SourceFile } from '@playground/protocol'
import { isStream, type Transport } from '../kinds/server-kind.ts'

const FOLDER = '../../programs/'
const sources = import.meta.glob<string>('../../programs/*.ts', { query: '?raw', import: 'default' })

const STREAM_MODULES = ['client-arguments.ts', 'reset.ts', 'send-slowly.ts']
const DATAGRAM_MODULES = ['client-arguments.ts', 'bad-network.ts', 'open-datagram-client.ts']

/** The files of the ready client, the entry first. */
export function clientFiles(transport: Transport, burst: boolean): [string, ...string[]] {
  const modules = isStream(transport) ? STREAM_MODULES : DATAGRAM_MODULES
  const shape = isStream(transport) ? 'stream' : 'datagram'
  return burst ? [`${shape}-burst.ts`, 'burst.ts', ...modules] : [`${shape}-client.ts`, ...modules]
}

export async function loadClient([entry, ...modules]: readonly [string, ...string[]]): Promise<
  [SourceFile, ...SourceFile[]]
> {
  return [await load(entry), ...(await Promise.all(modules.map(load)))]
}

async function load(name: string): Promise<SourceFile> {
  const source = sources[FOLDER + name]
  if (source === undefined) throw new Error(`Cannot load "${name}": a file of the ready clients is required`)
  return { name, source: await source() }
}
