import { once } from 'node:events'
import { access } from 'node:fs/promises'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { SESSION_PATH, type Isolation } from '@playground/protocol'
import { createToken, refusalOf, type Refusal } from './guard.ts'
import { Health } from './health.ts'
import { isHosted, readLimits } from './limits.ts'
import { refusals } from './metrics.ts'
import { startMetricsServer, type MetricsServer } from './metrics-server.ts'
import { openRunner } from './runner/open-runner.ts'
import { readProcess } from './runner/process-tree.ts'
import type { Runner } from './runner/runner.ts'
import { Sessions } from './sessions.ts'
import { readSettings } from './settings.ts'
import { staticSite } from './static-site.ts'

/** The name in the printed address, of those that the guard knows. */
const LOCAL_HOST = '127.0.0.1'

/** How often Node looks for requests past their timeout; its own default of 30 s would stretch the timeout to that. */
const TIMEOUT_CHECK_MS = 500

/** More are closed at once: without descriptors left the server could look after no session. */
const MAX_CONNECTIONS = 2000

/** So many descriptors a connection may take, with the files that it asks for, and some are left. */
const CONNECTION_DESCRIPTORS = 6

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
  /** Where the limits, the settings and the runner are looked up: the environment of the process, or of a test. */
  env: NodeJS.ProcessEnv
}

export interface PlaygroundServer {
  /** The address to open. Its fragment has the token, except that the secret of a hosted server stays out of its log. */
  url: string
  port: number
  /** Where Prometheus reads `/metrics`, if it may. */
  metricsPort: number | undefined
  /** Whether readers' programs are walled. */
  isolation: Isolation
  /** Makes `/readyz` fail, and resolves when load balancers have had the time to notice; all goes on being served. */
  drain(): Promise<void>
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
  const settings = readSettings(env)
  const { origins, proxies, drainMs } = settings
  await requireDocs(docs)
  const hosted = isHosted(env)
  const token = settings.token ?? (hosted ? undefined : createToken())
  const health = new Health()
  const timeouts = {
    headersTimeout: limits.headersTimeoutMs,
    // For the body as well, which nothing here reads: it must not hold a connection any longer than its headers.
    requestTimeout: limits.headersTimeoutMs,
    connectionsCheckingInterval: TIMEOUT_CHECK_MS,
  }
  const httpServer = createServer(timeouts, (request, response) => {
    // A proxy that keeps connections open would send its next request into one that is about to be closed.
    if (health.draining) response.setHeader('Connection', 'close')
    if (!health.answer(request, response)) serve(request, response)
  })
  // A download that its reader does not take would hold its connection and its file for ever.
  httpServer.timeout = 2 * limits.pingIntervalMs
  httpServer.maxConnections = Math.min(MAX_CONNECTIONS, mostDescriptors() / CONNECTION_DESCRIPTORS)
  const serve = guarded(origins, staticSite(docs))
  const actualPort = await listen(httpServer, settings.host, port)
  const runner = await openRunner(env, limits).catch((error: unknown) => {
    httpServer.close()
    throw error
  })
  const sessions = new Sessions({ path: `/${SESSION_PATH}`, token, origins, proxies, limits, runner })
  httpServer.on('upgrade', (request, socket, head) => {
    sessions.upgrade(request, socket, head)
  })
  const metrics = await startMetricsServer(settings)
  // With more places the pages are of use to readers who run nothing, even when all places are taken.
  health.ready(() => limits.sessions === 1 && sessions.isFull)
  let closing: Promise<void> | undefined
  return {
    url: `${origins[0] ?? `http://${LOCAL_HOST}:${actualPort}`}/${hosted ? '' : `#token=${token}`}`,
    port: actualPort,
    isolation: runner.isolation,
    metricsPort: metrics?.port,
    async drain() {
      health.drain()
      await setTimeout(drainMs)
    },
    close() {
      closing ??= closeAll(httpServer, sessions, runner, metrics)
      return closing
    },
  }
}

/** Of this process, as far as the system tells. */
function mostDescriptors(): number {
  const limit = /^Max open files\s+(\d+)/m.exec(readProcess(process.pid, 'limits'))?.[1]
  return limit === undefined ? Infinity : Number(limit)
}

async function requireDocs(docs: string): Promise<void> {
  try {
    await access(join(docs, 'index.html'))
  } catch (error) {
    throw new Error(`No docs in "${docs}": a built site is required, which npm start makes`, { cause: error })
  }
}

function guarded(origins: readonly string[], serve: RequestListener): RequestListener {
  return (request, response) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value)
    const refusal = refusalOf(request, origins) ?? refusalOfMethod(request)
    if (refusal === undefined) {
      serve(request, response)
    } else {
      refusals.inc({ code: refusal.status })
      response.writeHead(refusal.status, { 'Content-Type': 'text/plain; charset=utf-8' })
      response.end(`${refusal.message}\n`)
    }
  }
}

function refusalOfMethod({ method }: IncomingMessage): Refusal | undefined {
  if (method === 'GET' || method === 'HEAD') return undefined
  return { status: 405, message: `Method "${method}" is refused: GET or HEAD is required` }
}

async function listen(httpServer: Server, host: string, port: number): Promise<number> {
  httpServer.listen(port, host)
  await once(httpServer, 'listening')
  return (httpServer.address() as AddressInfo).port
}

async function closeAll(
  httpServer: Server,
  sessions: Sessions,
  runner: Runner,
  metrics: MetricsServer | undefined,
): Promise<void> {
  const closed = once(httpServer, 'close')
  httpServer.close()
  httpServer.closeAllConnections()
  await Promise.all([sessions.close(), closed])
  await Promise.all([runner.close(), metrics?.close()])
}
