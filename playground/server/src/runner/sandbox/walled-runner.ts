import type { Isolation } from '@playground/protocol'
import type { Runner, Sandbox } from '../runner.ts'
import { makeTemporaryDirectory, removeDirectory } from '../temporary-directory.ts'
import type { Limits } from '../../limits.ts'
import { collectSandboxFiles, findProgram } from './sandbox-files.ts'
import type { SandboxSetup } from './sandbox-process.ts'
import { WalledSandbox } from './walled-sandbox.ts'

/** Users of no name that sandboxes run as when root starts them, each as one of its own. */
const FIRST_USER = 59_000
const USERS = 1000

/** So that no sandbox is made while the program that took the last one starts. */
const REFILL_DELAY_MS = 1000

/** Runs programs in sandboxes, of which some are started before they are needed. */
export class WalledRunner implements Runner {
  readonly isolation: Isolation = { kind: 'sandbox' }
  readonly #setup: SandboxSetup
  readonly #directory: string
  readonly #open = new Set<WalledSandbox>()
  readonly #making = new Set<Promise<WalledSandbox>>()
  #warm: Promise<WalledSandbox | undefined>[] = []
  #sandboxes = 0
  #refill: NodeJS.Timeout | undefined
  #closing: Promise<void> | undefined

  /** @throws an Error if a sandbox cannot be made here, with the reason. */
  static async open(limits: Limits): Promise<WalledRunner> {
    const { arch } = process
    if (arch !== 'x64' && arch !== 'arm64') throw new Error(`there is no filter of system calls for ${arch}`)
    const bubblewrap = await findProgram('bwrap')
    const directory = await makeTemporaryDirectory()
    try {
      const binds = await collectSandboxFiles(directory, isRoot())
      const runner = new WalledRunner({ bubblewrap, architecture: arch, binds, limits }, directory)
      runner.#warm.push(Promise.resolve(await runner.#make()))
      runner.#refillLater()
      return runner
    } catch (error) {
      await removeDirectory(directory)
      throw error
    }
  }

  private constructor(setup: SandboxSetup, directory: string) {
    this.#setup = setup
    this.#directory = directory
  }

  async open(): Promise<Sandbox> {
    const warm = await this.#warm.shift()
    this.#refillLater()
    return warm === undefined || warm.hasEnded ? this.#make() : warm
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    clearTimeout(this.#refill)
    await Promise.allSettled(this.#making)
    await Promise.all([...this.#open].map((sandbox) => sandbox.close()))
    await removeDirectory(this.#directory)
  }

  async #make(): Promise<WalledSandbox> {
    if (this.#closing !== undefined) throw new Error('the server is closing')
    this.#sandboxes += 1
    const user = isRoot() ? FIRST_USER + (this.#sandboxes % USERS) : undefined
    const making = WalledSandbox.open(this.#setup, user)
    this.#making.add(making)
    try {
      const sandbox = await making
      this.#open.add(sandbox)
      void sandbox.ended.then(() => this.#open.delete(sandbox))
      return sandbox
    } finally {
      this.#making.delete(making)
    }
  }

  #refillLater(): void {
    if (this.#closing === undefined) this.#refill ??= setTimeout(() => void this.#fill(), REFILL_DELAY_MS)
  }

  async #fill(): Promise<void> {
    this.#refill = undefined
    if (this.#warm.length >= this.#setup.limits.warmSandboxes) return
    // One that cannot be made now is made when a session asks for it, and that session is told why not.
    const sandbox = this.#make().catch(() => undefined)
    this.#warm.push(sandbox)
    if ((await sandbox) === undefined) this.#warm = this.#warm.filter((warm) => warm !== sandbox)
    else this.#refillLater()
  }
}

function isRoot(): boolean {
  return process.getuid?.() === 0
}
