/** What keeps a program running: sockets, timers and whoever waits for its input. */
const open = new Set<object>()
let onIdle = (): void => undefined

export function addHandle(handle: object): void {
  open.add(handle)
}

/** May be called twice. */
export function removeHandle(handle: object): void {
  if (open.delete(handle) && open.size === 0) onIdle()
}

export function hasHandle(handle: object): boolean {
  return open.has(handle)
}

export function hasHandles(): boolean {
  return open.size > 0
}

/** Calls `idle` whenever the last handle has gone. */
export function whenIdle(idle: () => void): void {
  onIdle = idle
}
