import type { Limits } from '../../limits.ts'
import type { Isolation } from '@playground/protocol'
import type { Runner, Sandbox } from '../runner.ts'
import { PlainSandbox } from './plain-sandbox.ts'

/** Runs programs as processes of the user who runs the server, who wrote them: nothing is walled off. */
export class PlainRunner implements Runner {
  readonly isolation: Isolation
  readonly #limits: Limits
  readonly #open = new Set<PlainSandbox>()

  constructor(limits: Limits, reason: string, mend: string) {
    this.#limits = limits
    this.isolation = { kind: 'none', reason, mend }
  }

  open(): Promise<Sandbox> {
    const sandbox = new PlainSandbox(this.#limits)
    this.#open.add(sandbox)
    void sandbox.ended.then(() => this.#open.delete(sandbox))
    return Promise.resolve(sandbox)
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open].map((sandbox) => sandbox.close()))
  }
}
