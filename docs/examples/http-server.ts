import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  AsyncTCPServer,
  type InetAddress,
  isMain,
  SocketServerError,
  StreamRequestHandler,
} from 'socketserver-ts'

const MAX_LINE_BYTES = 8192
const MAX_HEADERS = 100
const MAX_BODY_BYTES = 16 * 1024 * 1024
const IDLE_MS = 10_000

/** Keeps notes as files of a folder: all data is stored externally, so that any kind of server may serve it. */
export class NotesServer extends AsyncTCPServer {
  requestQueueSize = 128
  folder = process.argv[3] ?? join(tmpdir(), 'notes')
}

interface HttpRequest {
  method: string
  path: string
  version: string
  headers: Map<string, string>
}

/** What a request is refused with: its message is the status of the reply. */
class HttpError extends Error {}

/** Serves HTTP/1.0 and 1.1 (RFC 9112): GET, HEAD and POST of /NAME, one request of a connection after the other. */
export class HttpHandler extends StreamRequestHandler<InetAddress, NotesServer> {
  timeout = IDLE_MS
  keepsAlive = true

  async handle() {
    while (this.keepsAlive) {
      try {
        const request = await this.readRequest()
        if (request === null) return
        await this.answer(request)
      } catch (error) {
        // the client has gone in the middle, or says nothing any more
        if (error instanceof SocketServerError) return
        if (!(error instanceof HttpError)) throw error
        // What follows a request that was not understood cannot be told from its rest.
        this.keepsAlive = false
        await this.reply(error.message, error.message)
      }
    }
  }

  /** Reads the request line and the headers; null at the end of the connection. */
  async readRequest(): Promise<HttpRequest | null> {
    const requestLine = await this.readLine()
    if (requestLine === '') return null
    const [, method = '', path = '', version = ''] = /^(\S+) (\S+) HTTP\/(1\.[01])$/.exec(requestLine) ?? []
    if (version === '') throw new HttpError('400 Bad Request')
    const headers = new Map<string, string>()
    for (let line = await this.readLine(); line !== ''; line = await this.readLine()) {
      const [, name = '', value = ''] = /^([\w!#$%&'*+.^`|~-]+):\s*(.*)$/.exec(line) ?? []
      if (name === '') throw new HttpError('400 Bad Request')
      if (headers.size === MAX_HEADERS) throw new HttpError('431 Request Header Fields Too Large')
      headers.set(name.toLowerCase(), value)
    }
    const connection = headers.get('connection')?.toLowerCase()
    this.keepsAlive = version === '1.1' ? connection !== 'close' : connection === 'keep-alive'
    return { method, path, version, headers }
  }

  async readLine() {
    const line = await this.rfile.readline(MAX_LINE_BYTES)
    if (line.length === MAX_LINE_BYTES) throw new HttpError('431 Request Header Fields Too Large')
    return line.toString('latin1').trim()
  }

  async answer({ method, path, version, headers }: HttpRequest) {
    // Nothing but a plain name can be a file, so that no path leads out of the folder.
    const name = /^\/([\w-]+)$/.exec(path)?.[1]
    // A body that nobody wants is read too: what follows it is the next request.
    const body =
      method === 'POST' || headers.has('content-length') ? await this.readBody(version, headers) : ''
    if (method === 'POST') {
      if (name === undefined) return this.reply('403 Forbidden', 'A name of letters and digits is required')
      await writeFile(join(this.server.folder, name), body)
      return this.reply('201 Created', `${body.length} bytes`)
    }
    if (method !== 'GET' && method !== 'HEAD') throw new HttpError('501 Not Implemented')
    const note = name === undefined ? null : await this.readNote(name)
    if (note === null) return this.reply('404 Not Found', 'There is no such note', method)
    return this.reply('200 OK', note, method)
  }

  async readBody(version: string, headers: Map<string, string>) {
    const length = headers.get('content-length') ?? ''
    if (!/^\d+$/.test(length) || headers.has('transfer-encoding')) throw new HttpError('411 Length Required')
    if (Number(length) > MAX_BODY_BYTES) throw new HttpError('413 Content Too Large')
    // curl waits for this before it sends a large body
    if (version === '1.1' && headers.get('expect')?.toLowerCase() === '100-continue') {
      await this.wfile.write('HTTP/1.1 100 Continue\r\n\r\n')
    }
    return this.rfile.readExactly(Number(length))
  }

  async readNote(name: string) {
    try {
      return await readFile(join(this.server.folder, name))
    } catch {
      return null
    }
  }

  async reply(status: string, body: string | Buffer, method = 'GET') {
    const bytes = Buffer.from(body)
    const head = [
      `HTTP/1.1 ${status}`,
      'Content-Type: text/plain; charset=utf-8',
      `Content-Length: ${bytes.length}`,
      `Connection: ${this.keepsAlive ? 'keep-alive' : 'close'}`,
    ]
    await this.wfile.write(`${head.join('\r\n')}\r\n\r\n`)
    if (method !== 'HEAD') await this.wfile.write(bytes)
  }
}

if (isMain(import.meta)) {
  const port = Number(process.argv[2] ?? 8080)
  const server = new NotesServer({ host: 'localhost', port }, HttpHandler)
  await mkdir(server.folder, { recursive: true })
  await server.listen()
  console.log(`Serving HTTP on port ${server.serverAddress.port}`)
  await server.serveForever()
}
