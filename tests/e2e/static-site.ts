import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'

const TYPES: Partial<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
}

interface StaticSite {
  address(path: string): string
  /** From now on nobody answers. */
  close(): Promise<void>
}

/** What any file server does with a folder: no sessions, no WebSocket, a page for what is not found. */
export async function startStaticSite(folder: string): Promise<StaticSite> {
  const server = createServer((request, response) => {
    void answer(request.url ?? '/').then(([status, type, body]) => {
      response.writeHead(status, { 'Content-Type': type }).end(body)
    })
  })

  async function answer(url: string): Promise<[status: number, type: string, body: Buffer | string]> {
    const path = normalize(new URL(url, 'http://localhost').pathname)
    const file = extname(path) === '' ? `${path === '/' ? '/index' : path}.html` : path
    try {
      return [200, TYPES[extname(file)] ?? 'application/octet-stream', await readFile(join(folder, file))]
    } catch {
      return [404, 'text/plain', 'Not found\n']
    }
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    address: (path) => `http://127.0.0.1:${port}${path}`,
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
