import type { SourceFile } from '@playground/protocol'
import { onBeforeUnmount, ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import type { SessionConnection } from '../session-connection.ts'
import { refuseRecorded } from '../static-copy/refuse-recorded.ts'
import { COMPARISON_CLIENT } from './comparison-client.ts'
import { launchProgram, type LaunchedProgram } from './launch-program.ts'
import { serverVariants, type ServerVariant } from './server-variants.ts'

const SUCCESS = 'it ended with 0'
/** What a program tells of itself comes some 20 ms later; what it has not told when it is stopped is lost. */
const TELL_MS = 100

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
  /** `files` are those of the server, the entry first. */
  compare(files: readonly SourceFile[]): Promise<void>
  cancel(): void
}

/** Drives one server after the other with the same clients. */
export function useComparison(session: SessionConnection): Comparison {
  const status = ref('')
  const isRunning = ref(false)
  const servers = shallowRef<readonly ComparedServer[]>([])
  let controller = new AbortController()

  onBeforeUnmount(cancel)

  function cancel(): void {
    controller.abort()
  }

  async function compare(files: readonly SourceFile[]): Promise<void> {
    isRunning.value = true
    servers.value = []
    controller = new AbortController()
    try {
      status.value = await driveAll(files, controller.signal)
    } catch (error) {
      if (!(error instanceof Error)) throw error
      status.value = error.message
    } finally {
      isRunning.value = false
    }
  }

  /** Resolves to how it went, in words. */
  async function driveAll([file, ...modules]: readonly SourceFile[], signal: AbortSignal): Promise<string> {
    const variants = file === undefined ? [] : serverVariants(file)
    if (file === undefined || variants.length === 0)
      return 'Not for this program: a server that is made of TCPServer is required'
    await session.open()
    await refuseRecorded(session, file.name, 'compare the servers of this example')
    const problems: string[] = []
    for (const variant of variants) {
      status.value = `Running ${variant.className}…`
      const end = await drive(variant, modules, signal)
      if (signal.aborted) return 'Cancelled'
      if (typeof end === 'number') servers.value = [...servers.value, { variant, run: end }]
      else problems.push(end.problem)
    }
    if (problems.length === 0) return 'All of them have run'
    return `${servers.value.length} of ${variants.length} have run. ${problems.join('. ')}`
  }

  /** Resolves to the run of the server when all clients are served and it is stopped, or to why that is not so. */
  async function drive(
    { file, className }: ServerVariant,
    modules: readonly SourceFile[],
    signal: AbortSignal,
  ): Promise<number | { problem: string }> {
    const cancelled = new Promise<string>((resolve) => {
      signal.addEventListener('abort', () => resolve('it was cancelled'), { once: true })
      if (signal.aborted) resolve('it was cancelled')
    })
    const server = await launchProgram(session, [file, ...modules], [])
    let clients: LaunchedProgram | undefined
    try {
      const address = await Promise.race([server.listening, server.ended, cancelled])
      if (typeof address === 'string')
        return { problem: `${className} does not listen on a port: ${address}` }
      clients = await launchProgram(session, [COMPARISON_CLIENT], [address.host, `${address.port}`])
      const end = await Promise.race([clients.ended, cancelled])
      if (end !== SUCCESS) return { problem: `The clients of ${className} could not finish: ${end}` }
      await new Promise((resolve) => setTimeout(resolve, TELL_MS))
      return server.run
    } finally {
      await Promise.all([clients?.stop(), server.stop()])
    }
  }

  return { status, isRunning, servers, compare, cancel }
}
