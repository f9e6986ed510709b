import type { SendHandle } from 'node:child_process'
import type { Socket } from 'node:net'
import { fieldsOf, type ServerBlueprint } from '../../remote/server-blueprint.ts'
import type { BaseServer } from '../../servers/base-server.ts'
import type { DatagramRequest } from '../../sockets/datagram-socket.ts'
import { handleOf } from '../../sockets/socket-handle.ts'
import { StreamSocket, type StreamState } from '../../sockets/stream-socket.ts'
import { encodeCopy } from '../copy.ts'
import type { RequestContext } from '../messages.ts'
import type { Child } from './child.ts'

/** A request on its way to a child process. */
export class DepartingRequest {
  readonly #server: BaseServer<unknown, unknown>
  readonly #request: unknown
  readonly #clientAddress: unknown
  #connection: { raw: Socket; state: StreamState } | null = null

  constructor(server: BaseServer<unknown, unknown>, request: unknown, clientAddress: unknown) {
    this.#server = server
    this.#request = request
    this.#clientAddress = clientAddress
  }

  /** Takes the connection of a stream out of its StreamSocket: nothing in this process can read from it or end it then. */
  detach(): void {
    if (this.#request instanceof StreamSocket) this.#connection ??= StreamSocket.detach(this.#request)
  }

  /**
   * Resolves when the child has the request, to a promise of its end, wrapped so that it is not awaited with the rest.
   * @throws {SocketServerError} ERR_CHILD_DIED if the child has ended.
   */
  async handOverTo(
    child: Child,
    blueprint: ServerBlueprint,
    call: RequestContext['call'] = null,
  ): Promise<{ end: Promise<void> }> {
    const context = encodeCopy({ fields: fieldsOf(this.#server), call } satisfies RequestContext)
    const base = { type: 'serve', blueprint, clientAddress: this.#clientAddress, context } as const
    this.detach()
    if (this.#connection === null) {
      const [data, socket] = this.#request as DatagramRequest<unknown>
      const request = { kind: 'datagram', data, localAddress: socket.localAddress } as const
      return await child.serve({ message: { ...base, request }, socket })
    }
    const { raw, state } = this.#connection
    await written(raw)
    const handle = handleOf(raw) as SendHandle | null
    // The client has gone.
    if (handle === null) return { end: Promise.resolve() }
    const served = await child.serve({ message: { ...base, request: { kind: 'stream', ...state } }, handle })
    // The child has a descriptor of its own: closing this one does not shut the connection down.
    raw.destroy()
    return served
  }

  /** Closes the connection that no child could take. */
  abandon(): void {
    this.#connection?.raw.destroySoon()
  }
}

/** Resolves when the kernel has all that was written to `raw`, or the connection has failed. */
async function written(raw: Socket): Promise<void> {
  if (raw.writableLength === 0) return
  await new Promise<void>((resolve) => {
    raw.once('close', resolve).write('', () => {
      resolve()
    })
  })
}
