import { SystemExit } from '../errors.ts'

/** The hooks of a server that the end of a request needs. */
interface RequestHooks<Request, Address> {
  finishRequest: (request: Request, clientAddress: Address) => void | Promise<void>
  handleError: (request: Request, clientAddress: Address, error: unknown) => void | Promise<void>
  shutdownRequest: (request: Request) => void | Promise<void>
}

/** Finishes a request, reports what it throws, and shuts it down. @throws {SystemExit} of the handler. */
export async function finish<Request, Address>(
  server: RequestHooks<Request, Address>,
  request: Request,
  clientAddress: Address,
): Promise<void> {
  try {
    const finished = server.finishRequest(request, clientAddress)
    if (finished !== undefined) await finished
  } catch (error) {
    if (error instanceof SystemExit) throw error
    await guarded(() => server.handleError(request, clientAddress, error))
  } finally {
    await guarded(() => server.shutdownRequest(request))
  }
}

/** Reports what has kept a request from being served at all, and shuts it down. */
export async function refuse<Request, Address>(
  server: RequestHooks<Request, Address>,
  request: Request,
  clientAddress: Address,
  error: unknown,
): Promise<void> {
  await guarded(() => server.handleError(request, clientAddress, error))
  await guarded(() => server.shutdownRequest(request))
}

/** Runs a hook: what goes wrong while a failure is reported must neither end the loop nor leak the request's socket. */
export async function guarded(hook: () => void | Promise<void>): Promise<void> {
  try {
    await hook()
  } catch (error) {
    console.error(error)
  }
}
