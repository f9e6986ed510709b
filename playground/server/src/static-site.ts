import { readFile } from 'node:fs/promises'
import type { RequestListener, ServerResponse } from 'node:http'
import { join } from 'node:path'
import sirv from 'sirv'
import { answerPresence } from './presence.ts'

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
    serve(request, response, () => sendNotFound(docs, response))
  }
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
