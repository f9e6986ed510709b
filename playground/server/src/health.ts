import type { IncomingMessage, ServerResponse } from 'node:http'

/**
 * What load balancers and kubelets ask: `/healthz`, whether the process serves at all, and `/readyz`, whether it wants
 * readers. They stand in front of the guard, because a kubelet calls a pod by its address; they tell nothing and act on
 * nothing.
 */
export class Health {
  #state: 'starting' | 'ready' | 'draining' = 'starting'
  #isTaken: () => boolean = () => false

  get draining(): boolean {
    return this.#state === 'draining'
  }

  /**
   * There is a sandbox for a reader.
   * @param isTaken whether this instance is another reader's, and so of no use to a new one
   */
  ready(isTaken: () => boolean): void {
    this.#state = 'ready'
    this.#isTaken = isTaken
  }

  /** From now on `/readyz` fails, so that no new reader is sent here. */
  drain(): void {
    this.#state = 'draining'
  }

  /** Whether the request was one of the two; if so it is answered. */
  answer({ url, method }: IncomingMessage, response: ServerResponse): boolean {
    if (method !== 'GET' && method !== 'HEAD') return false
    if (url === '/healthz') reply(response, 200, 'alive')
    else if (url === '/readyz') this.#replyReady(response)
    else return false
    return true
  }

  #replyReady(response: ServerResponse): void {
    const state = this.#state === 'ready' && this.#isTaken() ? 'taken' : this.#state
    reply(response, state === 'ready' ? 200 : 503, state)
  }
}

function reply(response: ServerResponse, status: 200 | 503, word: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' })
  response.end(`${word}\n`)
}
