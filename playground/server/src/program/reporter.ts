/** Loaded ahead of everything in each thread and process of a program: tells the page what its servers and clients do. */
import { subscribe } from 'node:diagnostics_channel'
import { isMainThread } from 'node:worker_threads'
import { ActivityBatch } from './activity-batch.ts'
import { forward, followThreadsAndChildren } from './activity-route.ts'
import { requestNumbers } from './request-numbers.ts'

const LIBRARY = 'socketserver-ts'

/** What the library publishes; a program can publish anything under the same names. */
interface Published {
  server?: unknown
  request?: unknown
  address?: unknown
  clientAddress?: unknown
  data?: unknown
  error?: unknown
  thread?: unknown
  tookMs?: unknown
}

const batch = new ActivityBatch(forward)
const requests = requestNumbers()
let threadName = 'MainThread'
/** A thread may receive the first bytes of a request while it still imports the handler. */
const early = new WeakMap<object, unknown[]>()

batch.add('begun', 0, isMainThread ? process.ppid : process.pid, '')
followThreadsAndChildren((pid, thread, code) => batch.add('ended', 0, code, `${pid}.${thread}`))

on('listening', ({ server, address }) => {
  batch.add('listening', 0, 0, `${textOf(address)} ${classesOf(server).join()}`)
})
on('accepted', ({ request, clientAddress }) => {
  const number = requests.add(request, clientAddress)
  batch.add('accepted', number, 0, textOf(clientAddress))
  // A datagram arrives with its request.
  if (Array.isArray(request)) batch.addBytes('received', number, request[0])
})
on('refused', ({ clientAddress }) => batch.add('refused', 0, 0, textOf(clientAddress)))
on('started', ({ request, clientAddress, thread }) => {
  if (typeof thread === 'string' && thread !== threadName) {
    threadName = thread
    batch.add('named', 0, 0, thread)
  }
  const number = requests.add(request, clientAddress)
  batch.add('started', number, 0, textOf(clientAddress))
  for (const data of takeEarly(request)) batch.addBytes('received', number, data)
})
on('finished', ({ request }) => batch.add('finished', requests.of(request), 0, ''))
on('failed', ({ request, error }) => batch.add('failed', requests.of(request), 0, messageOf(error)))
on('connected', ({ request, tookMs }) => {
  const tookUs = typeof tookMs === 'number' ? Math.round(tookMs * 1000) : 0
  batch.add('connected', requests.add(request, undefined), tookUs, textOf(localAddressOf(request)))
})
on('disconnected', ({ request }) => {
  const number = requests.of(request)
  if (number > 0) batch.add('disconnected', number, 0, '')
})
for (const name of ['received', 'sent', 'lineRead'] as const) {
  on(name, ({ request, data, address }) => {
    // A server's socket for datagrams is no request: what it sends belongs to the client's last one.
    const number = requests.of(request) || requests.lastFrom(address)
    if (number > 0) batch.addBytes(name, number, data)
    else if (name === 'received') keepEarly(request, data)
  })
}
process.on('exit', () => batch.flush())

function keepEarly(request: unknown, data: unknown): void {
  if (typeof request === 'object' && request !== null)
    early.set(request, [...(early.get(request) ?? []), data])
}

function takeEarly(request: unknown): unknown[] {
  if (typeof request !== 'object' || request === null) return []
  const kept = early.get(request) ?? []
  early.delete(request)
  return kept
}

function on(name: string, listen: (published: Published) => void): void {
  subscribe(`${LIBRARY}.${name}`, (message) => {
    if (typeof message === 'object' && message !== null) listen(message)
  })
}

function textOf(address: unknown): string {
  if (typeof address === 'string') return address
  if (typeof address !== 'object' || address === null || !('host' in address && 'port' in address)) return ''
  const host = String(address.host)
  return `${host.includes(':') ? `[${host}]` : host}:${String(address.port)}`
}

/** The class of the server and those below it, which tell how it serves. */
function classesOf(server: unknown): string[] {
  const names: string[] = []
  for (let found: unknown = server; typeof found === 'object' && found !== null;) {
    found = Object.getPrototypeOf(found)
    const name = (found as { constructor?: { name?: unknown } } | null)?.constructor?.name
    if (name === 'Object') break
    if (typeof name === 'string' && name !== '') names.push(name)
  }
  return names
}

function localAddressOf(socket: unknown): unknown {
  return typeof socket === 'object' && socket !== null && 'localAddress' in socket
    ? socket.localAddress
    : undefined
}

function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}
