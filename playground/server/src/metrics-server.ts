import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { collectDefaultMetrics, Registry } from 'prom-client'
import { registry } from './metrics.ts'
import type { Settings } from './settings.ts'

export interface MetricsServer {
  port: number
  close(): Promise<void>
}

/**
 * Serves `/metrics` on a port of its own: what is behind a proxy that passes on the playground's port is then out of
 * the public's reach without any rule that somebody could forget. Without PLAY_METRICS_PORT there is nothing.
 */
export async function startMetricsServer(settings: Settings): Promise<MetricsServer | undefined> {
  const { host, metricsPort } = settings
  if (metricsPort === undefined) return undefined
  const ofNode = new Registry()
  collectDefaultMetrics({ register: ofNode })
  const all = Registry.merge([registry, ofNode])
  const httpServer = createServer((request, response) => {
    if (request.url !== '/metrics' || request.method !== 'GET') {
      response.writeHead(404).end()
      return
    }
    void all.metrics().then((text) => {
      response.writeHead(200, { 'Content-Type': all.contentType }).end(text)
    })
  })
  httpServer.listen(metricsPort, host)
  await once(httpServer, 'listening')
  return {
    port: (httpServer.address() as AddressInfo).port,
    async close() {
      const closed = once(httpServer, 'close')
      httpServer.close()
      httpServer.closeAllConnections()
      await closed
    },
  }
}
