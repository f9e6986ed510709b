import { Socket } from 'node:net'

/** A paused socket over the handle of a connection, made as Node makes those of its own servers. */
export function socketOver(handle: unknown): Socket {
  // Node's types leave some of these options out.
  const options = { handle, allowHalfOpen: true, pauseOnCreate: true, readable: true, writable: true }
  return new Socket(options)
}
