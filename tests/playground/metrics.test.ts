import { expect, test } from 'vitest'
import { openServer, type TestServer } from './support.ts'

test('/metrics is served on its own port, and not on the one of the pages', async () => {
  const server = await openServer({ PLAY_METRICS_PORT: '0' })
  expect(await metrics(server)).toMatch(/^process_cpu_seconds_total \d/m)
  expect((await fetch(`${server.origin}/metrics`)).status).toBe(404)
  expect((await fetch(`http://127.0.0.1:${server.metricsPort}/`)).status).toBe(404)
})

test('there is no port of metrics unless one was asked for', async () => {
  expect((await openServer()).metricsPort).toBeUndefined()
})

async function metrics({ metricsPort }: TestServer): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${metricsPort}/metrics`)
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  return response.text()
}
