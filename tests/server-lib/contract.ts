import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as library from 'socketserver-ts'
import { afterAll } from 'vitest'

const KINDS = ['', 'Threading', 'Forking', 'Async'] as const

/** What serves a request: the caller's loop, a thread, a child process, or a task on the event loop. */
type Kind = (typeof KINDS)[number]

type AnyAddress = library.InetAddress | library.UnixAddress

/** One of the sixteen servers, with where it listens in a test. */
export interface Contender {
  name: string
  kind: Kind
  family: 'inet' | 'unix'
  open: (handler: unknown) => library.TCPServer<unknown, AnyAddress>
}

const directory = mkdtempSync(join(tmpdir(), 'contract-'))
afterAll(() => {
  rmSync(directory, { recursive: true, force: true })
})
let lastPath = 0

/** A free address of a family. */
export function freeAddress(family: Contender['family']): AnyAddress {
  return family === 'inet' ? { host: '127.0.0.1', port: 0 } : join(directory, `${++lastPath}.sock`)
}

/** The four servers of `base`: plain, threading, forking and event loop. */
export function contenders(base: 'TCP' | 'UDP' | 'UnixStream' | 'UnixDatagram'): Contender[] {
  return KINDS.map((kind) => {
    const name = `${kind}${base}Server`
    const family = base.startsWith('Unix') ? 'unix' : 'inet'
    return { name, kind, family, open: (handler) => open(name, family, handler) }
  })
}

/** Serves until the end of the test's scope, which lets the requests in progress finish. */
export async function servingContract(server: library.TCPServer<unknown, AnyAddress>) {
  await server.listen()
  const loop = server.serveForever()
  // Awaited at the end of the scope; until then a rejection is not unhandled.
  loop.catch(() => {})
  return {
    server,
    address: server.serverAddress,
    [Symbol.asyncDispose]: async () => {
      await server.serverClose({ timeout: 5000 })
      await loop
    },
  }
}

function open(
  name: string,
  family: Contender['family'],
  handler: unknown,
): library.TCPServer<unknown, AnyAddress> {
  const Server = Reflect.get(library, name) as new (
    address: AnyAddress,
    handler: unknown,
  ) => library.TCPServer<unknown, AnyAddress>
  const server = new Server(freeAddress(family), handler)
  server.requestQueueSize = 128
  // A new process for each request is what tests/server-lib/forking-*.test.ts are about; here it would only be slow.
  if ('requestsPerChild' in server) server.requestsPerChild = 50
  if ('maxChildren' in server) server.maxChildren = 4
  return server
}
