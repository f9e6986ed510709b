import type { SessionConnection } from '../session-connection.ts'

/**
 * A recording holds one run of the reader's programs and nothing of others.
 * @throws an Error that says so where a static copy of the site does not simulate the server; `deed` is what is asked for.
 */
export async function refuseRecorded(
  session: SessionConnection,
  server: string,
  deed: string,
): Promise<void> {
  const mode = await session.staticCopy.value?.modeOf(server)
  if (mode !== undefined && mode.name !== 'simulated')
    throw new Error(`Only the playground server can ${deed}, and this copy of the site has none`)
}
