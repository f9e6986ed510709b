import { get } from 'node:http'
import { expect, test } from 'vitest'
import { openServer, until } from './support.ts'

test.each(['/healthz', '/readyz'])('%s answers a kubelet, which calls a pod by its address', async (path) => {
  const { port } = await openServer()
  expect(await ask(port, path, '10.0.0.7:8000')).toBe(200)
  expect(await ask(port, '/', '10.0.0.7:8000')).toBe(403)
})

test('drain() makes /readyz fail first, while pages are still served', async () => {
  const server = await openServer({ PLAY_DRAIN_MS: '300' })
  let drained = false
  const draining = server.drain().then(() => (drained = true))
  expect(await ask(server.port, '/readyz')).toBe(503)
  expect(await ask(server.port, '/healthz')).toBe(200)
  const page = await fetch(server.origin)
  expect([page.status, page.headers.get('connection')]).toEqual([200, 'close'])
  expect(drained).toBe(false)
  await draining
})

test('drain() ends at once where nobody asked for time', async () => {
  const server = await openServer()
  let drained = false
  void server.drain().then(() => (drained = true))
  await until(() => drained, 200)
})

test('/healthz answers to GET and HEAD alone', async () => {
  const { origin } = await openServer()
  expect((await fetch(`${origin}/healthz`, { method: 'HEAD' })).status).toBe(200)
  expect((await fetch(`${origin}/healthz`, { method: 'POST' })).status).toBe(405)
})

/** The status of the answer to a request with this Host header. */
function ask(port: number, path: string, host = `127.0.0.1:${port}`): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, headers: { Host: host } }, (response) => {
      response.resume()
      resolve(response.statusCode)
    }).on('error', reject)
  })
}
