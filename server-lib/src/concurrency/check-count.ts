import { inspect } from 'node:util'

/** @throws {RangeError} if a server's variable, which says how many there may be of something, is not 1 or more. */
export function checkCount(name: string, count: number): void {
  if (Number.isSafeInteger(count) && count >= 1) return
  throw new RangeError(`Cannot serve with ${name} ${inspect(count)}: a whole number, 1 or more, is required`)
}
