import { once } from 'node:events'
import { createServer } from 'node:http'
import { parseArgs } from 'node:util'
import { Advice, giveAdvice } from './advice.mjs'
import { buildPackages } from './build.mjs'
import { checkNode, install } from './install.mjs'
import { ROOT, tool } from './project.mjs'
import { endPrograms, failOnSignal, onStopSignal, runProgram } from './run-program.mjs'

const DEFAULT_PORT = 5173

try {
  const { values } = parseArgs({ options: { port: { type: 'string', default: `${DEFAULT_PORT}` } } })
  checkNode()
  process.chdir(ROOT)
  const giveSignalsBack = onStopSignal(failOnSignal)
  await install()
  await buildPackages()
  giveSignalsBack()
  const close = await serve(Number(values.port))
  onStopSignal(async (signal) => {
    await Promise.all([close(), endPrograms(signal)])
    return 0
  })
  await runProgram(tool('typescript/bin/tsc', '-b', '--watch', '--preserveWatchOutput'), { show: true })
} catch (error) {
  giveAdvice(error)
}

/**
 * Serves the docs as their sources are at the moment, and sessions beside them.
 *
 * @param {number} port
 * @returns {Promise<() => Promise<unknown>>} ends it
 */
async function serve(port) {
  const vitepress = await import('vitepress')
  const { answerPresence, attachSessions, createToken, isolationNotice } = await import('@playground/server')
  const { SESSION_PATH } = await import('@playground/protocol')

  // The HTTP server is ours, not Vite's: Vite's own would end the process before the sessions have ended.
  const httpServer = createServer((request, response) => {
    if (!answerPresence(request, response)) site.middlewares(request, response)
  })
  const openSite = () =>
    vitepress.createServer(ROOT, { middlewareMode: true, hmr: { server: httpServer } }, async () => {
      await site.close()
      site = await openSite()
    })
  let site = await openSite()

  const token = createToken()
  const sessions = await attachSessions(httpServer, { path: `/${SESSION_PATH}`, token, env: process.env })
  try {
    await once(httpServer.listen(port, '127.0.0.1'), 'listening')
  } catch (error) {
    await site.close()
    throw new Advice(
      `Cannot listen on port ${port}: a free port is required, as in "npm run dev -- --port 5174"`,
      {
        cause: error,
      },
    )
  }
  const notice = isolationNotice(sessions.isolation)
  if (notice !== undefined) console.warn(notice)
  console.log(`Docs with hot reload: http://127.0.0.1:${port}/#token=${token}`)

  return async () => {
    await sessions.close()
    await site.close()
    httpServer.closeAllConnections()
    httpServer.close()
  }
}
