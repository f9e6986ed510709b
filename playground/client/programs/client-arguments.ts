import { parseArgs } from 'node:util'
import type { InetAddress, UnixAddress } from 'socketserver-ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'bytes-per-second': { type: 'string', default: 'Infinity' },
    'chunk-bytes': { type: 'string', default: 'Infinity' },
    'delay-ms': { type: 'string', default: '0' },
    'half-close': { type: 'boolean', default: false },
    abort: { type: 'boolean', default: false },
    'loss-percent': { type: 'string', default: '0' },
    'reorder-percent': { type: 'string', default: '0' },
    'duplicate-percent': { type: 'string', default: '0' },
    clients: { type: 'string', default: '100' },
    'at-a-time': { type: 'string', default: '10' },
    text: { type: 'string', default: 'hello' },
  },
})

const [target, port] = positionals
if (target === undefined) throw new TypeError('HOST PORT, or the path of a Unix socket, is required')

/** The server, as HOST PORT or as the path of a Unix socket. */
export const address: InetAddress | UnixAddress =
  port === undefined ? target : { host: target, port: Number(port) }
export const addressText = positionals.join(' ')

export const bytesPerSecond = Number(values['bytes-per-second'])
export const chunkBytes = Number(values['chunk-bytes'])
export const delayMs = Number(values['delay-ms'])
/** What the client does when it has sent its text. */
export const halfClose = values['half-close']
export const abort = values.abort

export const lossPercent = Number(values['loss-percent'])
export const reorderPercent = Number(values['reorder-percent'])
export const duplicatePercent = Number(values['duplicate-percent'])

export const clients = Number(values.clients)
export const atATime = Number(values['at-a-time'])
export const text = values.text
