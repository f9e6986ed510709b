import { shallowRef, watch, type ShallowRef } from 'vue'
import type { SessionConnection } from '../session-connection.ts'
import type { ClientProgram } from '../use-client-program.ts'
import type { ServerProgram } from '../use-server-program.ts'
import { staticLabel, type StaticMode } from './static-mode.ts'

/** How the server of a playground runs in a static copy of the site; undefined while there may be a playground server. */
export function useStaticCopy(
  session: SessionConnection,
  name: string,
  server: ServerProgram,
  client: ClientProgram,
): ShallowRef<StaticMode | undefined> {
  const mode = shallowRef<StaticMode>()
  watch(
    session.staticCopy,
    async (copy) => {
      copy?.onClientStart(name, (words) => client.run(words))
      mode.value = await copy?.modeOf(name)
    },
    { immediate: true },
  )
  watch(
    server.program.state,
    (state) => {
      const label = mode.value && staticLabel(mode.value)
      if (state.name === 'running' && label !== undefined) server.terminal.note(label)
    },
    { flush: 'sync' },
  )
  return mode
}
