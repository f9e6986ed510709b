import { SystemExit } from '../errors.ts'

/** The hooks of a server that the end of a request needs. */
interface RequestHooks<Request, Address> {
  finishRequest: (request: Request, clientAddress: Address) => void | Promise<void>
  handleError: (request: Request, clientAddress: Address, error: unknown) => void | Promise<void>
  shutdownRequest: (request: Request) => void | Promise<void>
}

/**
 * Makes the function that finishes a request of `server`, reports what it throws, shuts it down, and calls `ended`. It
 * resolves to the {@link SystemExit} of the handler, if that has thrown one.
 */
export function finisherOf<Request, Address>(
  server: RequestHooks<Request, Address>,
  ended: () => void = () => {},
): (request: Request, clientAddress: Address) => Promise<SystemExit | null> {
  // Each request in progress holds on to every function that awaits and to what its inner functions use: one, without any.
  return async (request, clientAddress) => {
    let exit: SystemExit | null = null
    try {
      const finished = server.finishRequest(request, clientAddress)
      if (finished !== undefined) await finished
    } catch (error) {
      if (error instanceof SystemExit) exit = error
      else await report(server, request, clientAddress, error)
    }
    await shutDown(server, request)
    ended()
    return exit
  }
}

/** Reports what has kept a request from being served at all, and shuts it down. */
export async function refuse<Request, Address>(
  server: RequestHooks<Request, Address>,
  request: Request,
  clientAddress: Address,
  error: unknown,
): Promise<void> {
  await report(server, request, clientAddress, error)
  await shutDown(server, request)
}

/** Calls `handleError()`, whatever it does. */
export function report<Request, Address>(
  server: RequestHooks<Request, Address>,
  request: Request,
  clientAddress: Address,
  error: unknown,
): Promise<void> {
  return guarded(() => server.handleError(request, clientAddress, error))
}

/** Calls `shutdownRequest()`, whatever it does. */
export function shutDown<Request, Address>(
  server: RequestHooks<Request, Address>,
  request: Request,
): Promise<void> {
  return guarded(() => server.shutdownRequest(request))
}

/** Runs a hook: what goes wrong while a failure is reported must neither end the loop nor leak the request's socket. */
async function guarded(hook: () => void | Promise<void>): Promise<void> {
  try {
    await hook()
  } catch (error) {
    console.error(error)
  }
}
