/** What a program gets that asks for a part of Node for which nothing stands here. */
export class NotSimulatedError extends Error {
  override name = 'NotSimulatedError'
  readonly code = 'ERR_NOT_SIMULATED'

  constructor(what: string) {
    super(
      `${what} cannot be simulated in the page: the playground server, which npm start starts, is required`,
    )
  }
}

/** A function, or a class, that only throws. */
export function notSimulated(what: string): () => never {
  // No arrow function: it may be called with `new`, or derived from.
  return function () {
    throw new NotSimulatedError(what)
  }
}
