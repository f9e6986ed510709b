import { isMainThread, threadId } from 'node:worker_threads'

/** How many threads were started, for all threads together. */
let started = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
let current = isMainThread ? 'MainThread' : `Dummy-${threadId}`

/**
 * Tells which thread runs the calling code; for handlers and whoever wants to see them run. Its `name` is `MainThread`,
 * or `Thread-1`, `Thread-2` and so on in the order of their start, one for each request of {@link ThreadingMixIn} and
 * one for each {@link serveInThread}; `Dummy-…` in a worker thread that the program has started by itself.
 * Follows CPython's `threading.current_thread()`.
 */
export function currentThread(): { readonly name: string } {
  return { name: current }
}

/** The name of a thread that is about to start. */
export function nextThreadName(): string {
  return `Thread-${Atomics.add(started, 0, 1) + 1}`
}

/** The count that names threads, to be given to each thread that may start others. */
export function threadCount(): SharedArrayBuffer {
  return started.buffer
}

/** Called in a new thread, to go on with the names where the thread that has started it is. */
export function shareThreadCount(count: SharedArrayBuffer): void {
  started = new Int32Array(count)
}

/** Called in a thread when it begins what it is to be named for. */
export function nameThread(name: string): void {
  current = name
}
