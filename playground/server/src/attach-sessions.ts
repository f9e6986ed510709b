import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { Sessions, type SessionsOptions } from './sessions.ts'

export interface AttachedSessions {
  /** Resolves when every session and everything it started is gone. */
  close(): Promise<void>
}

/**
 * Called by `npm run dev`: opens sessions at `path` of a server that is not ours. Upgrades to other paths are left
 * alone, because VitePress's dev server has a WebSocket of its own.
 */
export function attachSessions(httpServer: Server, options: SessionsOptions): AttachedSessions {
  const sessions = new Sessions(options)

  function onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (request.url === options.path) sessions.upgrade(request, socket, head)
  }

  httpServer.on('upgrade', onUpgrade)
  return {
    async close() {
      httpServer.off('upgrade', onUpgrade)
      await sessions.close()
    },
  }
}
