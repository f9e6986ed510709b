import { readFile } from 'node:fs/promises'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import sirv from 'sirv'
import { answerPresence } from './presence.ts'

/** Of a connection: a browser asks for the next one when it has the last, which may still be open then. */
const MAX_FILES = 4

const openFiles = new WeakMap<Socket, Set<Readable>>()

/** Serves a built VitePress site: precompressed files, clean URLs, its own page for what is not found. */
export function staticSite(docs: string): RequestListener {
  const serve = sirv(docs, {
    // Looks at the disk for each request: the docs may be built again while the server runs, and a list of files
    // made at start would then name files that are gone.
    dev: true,
    etag: true,
    brotli: true,
    gzip: true,
    setHeaders: (response, path) => {
      response.setHeader('Cache-Control', cacheControl(path))
    },
  })
  return (request, response) => {
    if (answerPresence(request, response)) return
    // The docs need no ranges, and sirv passes an impossible one on to the file system, which throws.
    delete request.headers.range
    closeWithConnection(request, response)
    serve(request, response, () => sendNotFound(docs, response))
  }
}

/** sirv leaves a file open, for ever, when the connection ends before it is sent, and an error of it to nobody. */
function closeWithConnection({ socket }: IncomingMessage, response: ServerResponse): void {
  response.once('pipe', (file: Readable) => {
    const files = openFiles.get(socket) ?? openFilesOf(socket)
    files.add(file)
    file.once('close', () => files.delete(file)).on('error', () => socket.destroy())
    if (socket.destroyed) file.destroy()
    else if (files.size > MAX_FILES) socket.destroy()
  })
}

function openFilesOf(socket: Socket): Set<Readable> {
  const files = new Set<Readable>()
  openFiles.set(socket, files)
  socket.once('close', () => {
    for (const file of files) file.destroy()
  })
  return files
}

/** VitePress puts a content hash into the name of every asset. */
function cacheControl(path: string): string {
  return path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'
}

async function sendNotFound(docs: string, response: ServerResponse): Promise<void> {
  const page = await readFile(join(docs, '404.html')).catch(() => 'Not found\n')
  const type = typeof page === 'string' ? 'text/plain' : 'text/html'
  response.writeHead(404, { 'Content-Type': `${type}; charset=utf-8` }).end(page)
}
