import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { attachSessions, createToken } from '@playground/server'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocketServer, WebSocket } from 'ws'
import { Page } from './page.ts'
import { isAlive } from './support.ts'

test('attachSessions() serves its path and leaves upgrades to other paths alone', async () => {
  const httpServer = createServer().listen(0, '127.0.0.1')
  await once(httpServer, 'listening')
  const { port } = httpServer.address() as AddressInfo
  const origin = `http://127.0.0.1:${port}`
  const token = createToken()
  const sessions = await attachSessions(httpServer, {
    path: '/session',
    token,
    env: { PLAY_RUNNER: 'plain' },
  })
  // Stands for the WebSocket of the development server, which takes what is not a session.
  const other = new WebSocketServer({ noServer: true })
  httpServer.on('upgrade', (request, socket, head) => {
    if (request.url === '/') other.handleUpgrade(request, socket, head, () => undefined)
  })
  onTestFinished(() => {
    httpServer.close()
  })

  const hot = new WebSocket(`${origin}/`)
  await once(hot, 'open')
  hot.terminate()

  const page = await Page.open({ origin, token })
  const { pid } = await page.start('setInterval(() => {}, 1000)')
  await sessions.close()
  expect(isAlive(pid)).toBe(false)
})
