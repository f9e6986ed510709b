import type { Address, SourceFile } from '@playground/protocol'
import { onBeforeUnmount, ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import type { SessionConnection } from '../session-connection.ts'
import { COMPARISON_CLIENT } from './comparison-client.ts'
import type { ServerVariant } from './server-variants.ts'

const SUCCESS = 'it ended with 0'

/** A server of a comparison that was driven, and its run. */
interface ComparedServer {
  readonly variant: ServerVariant
  readonly run: number
}

interface Comparison {
  /** What is under way, or what went wrong, in words. */
  readonly status: Ref<string>
  readonly isRunning: Ref<boolean>
  readonly servers: ShallowRef<readonly ComparedServer[]>
  compare(variants: readonly ServerVariant[], modules: readonly SourceFile[]): Promise<void>
}

/** Drives one server after the other with the same clients. */
export function useComparison(session: SessionConnection): Comparison {
  const status = ref('')
  const isRunning = ref(false)
  const servers = shallowRef<readonly ComparedServer[]>([])
  let stopCurrent: (() => void) | undefined

  onBeforeUnmount(() => stopCurrent?.())

  async function compare(variants: readonly ServerVariant[], modules: readonly SourceFile[]): Promise<void> {
    if (isRunning.value) return
    isRunning.value = true
    servers.value = []
    try {
      for (const variant of variants) {
        status.value = `Running ${variant.className}…`
        const run = await drive(variant, modules)
        servers.value = [...servers.value, { variant, run }]
      }
      status.value = 'All of them have run'
    } catch (error) {
      if (!(error instanceof Error)) throw error
      status.value = error.message
    } finally {
      isRunning.value = false
    }
  }

  /** Resolves to the run of the server when all clients are served and it is stopped. */
  async function drive({ file, className }: ServerVariant, modules: readonly SourceFile[]): Promise<number> {
    const server = await launch(session, file.name, [file, ...modules], [])
    const stop = (): void => session.send({ type: 'stop', run: server.run })
    stopCurrent = stop
    try {
      const address = await Promise.race([server.listening, server.ended])
      if (typeof address === 'string') throw new Error(`${className} does not listen on a port: ${address}`)
      const { host, port } = address
      const clients = await launch(session, COMPARISON_CLIENT.name, [COMPARISON_CLIENT], [host, `${port}`])
      const end = await clients.ended
      if (end !== SUCCESS) throw new Error(`The clients of ${className} could not finish: ${end}`)
    } finally {
      stop()
      await server.ended
      stopCurrent = undefined
    }
    return server.run
  }

  return { status, isRunning, servers, compare }
}

interface LaunchedProgram {
  readonly run: number
  readonly listening: Promise<Address>
  /** Resolves to how it has ended. */
  readonly ended: Promise<string>
}

async function launch(
  session: SessionConnection,
  entry: string,
  files: SourceFile[],
  words: string[],
): Promise<LaunchedProgram> {
  let listen: (address: Address) => void = () => undefined
  let end: (how: string) => void = () => undefined
  const listening = new Promise<Address>((resolve) => (listen = resolve))
  const ended = new Promise<string>((resolve) => (end = resolve))
  const run = await session.start({ entry, files, arguments: words }, (event) => {
    if (event.type === 'listening') listen(event.address)
    if (event.type === 'exited') end(event.limit ?? `it ended with ${event.signal ?? event.code}`)
    if (event.type === 'start-failed' || event.type === 'refused' || event.type === 'lost') end(event.message)
  })
  return { run, listening, ended }
}
