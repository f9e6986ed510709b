import type { Limits } from '../../limits.ts'
import type { Isolation } from '@playground/protocol'
import type { Runner, Sandbox } from '../runner.ts'
import { PlainSandbox } from './plain-sandbox.ts'

/**
 * For a server that has a wall around all of itself, such as a pod under gVisor: its programs need no other one, but
 * what they leave behind is not for a second reader, so there is one sandbox and no more.
 */
export class OnlySandboxRunner implements Runner {
  readonly isolation: Isolation = { kind: 'sandbox' }
  readonly #limits: Limits
  readonly #onEnded: () => void
  #sandbox: PlainSandbox | undefined

  /** @param onEnded called when the sandbox was used: the server is to end too */
  constructor(limits: Limits, onEnded: () => void) {
    this.#limits = limits
    this.#onEnded = onEnded
  }

  open(): Promise<Sandbox> {
    if (this.#sandbox !== undefined) {
      const message = 'this server was for one reader and makes way for a new one: try again in some seconds'
      return Promise.reject(new Error(message))
    }
    const sandbox = new PlainSandbox(this.#limits)
    this.#sandbox = sandbox
    void sandbox.ended.then(this.#onEnded)
    return Promise.resolve(sandbox)
  }

  async close(): Promise<void> {
    await this.#sandbox?.close()
  }
}
