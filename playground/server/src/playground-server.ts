import { once } from 'node:events'
import { access } from 'node:fs/promises'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { SESSION_PATH } from '@playground/protocol'
import { createToken, refusalOf, type Refusal } from './guard.ts'
import { readLimits } from './limits.ts'
import { openRunner } from './runner/open-runner.ts'
import type { Runner } from './runner/runner.ts'
import { Sessions } from './sessions.ts'
import { staticSite } from './static-site.ts'

const HOST = '127.0.0.1'
const HEADERS_TIMEOUT_MS = 5000

/** How often Node looks for requests past their timeout; its own default of 30 s would stretch the timeout to that. */
const TIMEOUT_CHECK_MS = 500

const SECURITY_HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Content-Security-Policy': "frame-ancestors 'none'",
  'X-Frame-Options': 'DENY',
}

export interface PlaygroundServerOptions {
  /** 0 takes a free one. */
  port: number
  /** The directory of the built site. */
  docs: string
  /** Where the limits and the runner are looked up: the environment of the process, or of a test. */
  env: NodeJS.ProcessEnv
}

export interface PlaygroundServer {
  /** The address to open, with the token in its fragment. */
  url: string
  /** Resolves when every session and everything it started is gone. */
  close(): Promise<void>
}

/**
 * Serves the built docs and the sessions of their pages on one port of this machine.
 * @throws the system error if the port cannot be had, or an Error if there are no docs.
 */
export async function startPlaygroundServer(options: PlaygroundServerOptions): Promise<PlaygroundServer> {
  const { port, docs, env } = options
  const limits = readLimits(env)
  await requireDocs(docs)
  const token = createToken()
  const runner = await openRunner()
  const sessions = new Sessions({ path: `/${SESSION_PATH}`, token, limits, runner })
  const timeouts = { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: TIMEOUT_CHECK_MS }
  const httpServer = createServer(timeouts, guarded(staticSite(docs)))
  httpServer.on('upgrade', (request, socket, head) => {
    sessions.upgrade(request, socket, head)
  })
  const url = `http://${HOST}:${await listen(httpServer, port)}/#token=${token}`
  let closing: Promise<void> | undefined
  return {
    url,
    close() {
      closing ??= closeAll(httpServer, sessions, runner)
      return closing
    },
  }
}

async function requireDocs(docs: string): Promise<void> {
  try {
    await access(join(docs, 'index.html'))
  } catch (error) {
    throw new Error(`No docs in "${docs}": a built site is required, which npm start makes`, { cause: error })
  }
}

function guarded(serve: RequestListener): RequestListener {
  return (request, response) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value)
    const refusal = refusalOf(request) ?? refusalOfMethod(request)
    if (refusal === undefined) {
      serve(request, response)
    } else {
      response.writeHead(refusal.status, { 'Content-Type': 'text/plain; charset=utf-8' })
      response.end(`${refusal.message}\n`)
    }
  }
}

function refusalOfMethod({ method }: IncomingMessage): Refusal | undefined {
  if (method === 'GET' || method === 'HEAD') return undefined
  return { status: 405, message: `Method "${method}" is refused: GET or HEAD is required` }
}

async function listen(httpServer: Server, port: number): Promise<number> {
  httpServer.listen(port, HOST)
  await once(httpServer, 'listening')
  return (httpServer.address() as AddressInfo).port
}

async function closeAll(httpServer: Server, sessions: Sessions, runner: Runner): Promise<void> {
  const closed = once(httpServer, 'close')
  httpServer.close()
  httpServer.closeAllConnections()
  await Promise.all([sessions.close(), closed])
  await runner.close()
}
