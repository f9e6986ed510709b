import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Isolation } from '@playground/protocol'
import type { UpgradeRules } from './guard.ts'
import { readLimits } from './limits.ts'
import { openRunner } from './runner/open-runner.ts'
import { Sessions } from './sessions.ts'

interface AttachOptions extends UpgradeRules {
  env: NodeJS.ProcessEnv
}

export interface AttachedSessions {
  /** Whether readers' programs are walled. */
  isolation: Isolation
  /** Resolves when every session and everything it started is gone. */
  close(): Promise<void>
}

/**
 * Called by `npm run dev`: opens sessions at `path` of a server that is not ours. Upgrades to other paths are left
 * alone, because VitePress's dev server has a WebSocket of its own.
 */
export async function attachSessions(httpServer: Server, options: AttachOptions): Promise<AttachedSessions> {
  const { path, token, env } = options
  const limits = readLimits(env)
  const runner = await openRunner(env, limits)
  const sessions = new Sessions({ path, token, origins: [], proxies: 0, limits, runner })

  function onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (request.url === path) sessions.upgrade(request, socket, head)
  }

  httpServer.on('upgrade', onUpgrade)
  return {
    isolation: runner.isolation,
    async close() {
      httpServer.off('upgrade', onUpgrade)
      await sessions.close()
      await runner.close()
    },
  }
}
