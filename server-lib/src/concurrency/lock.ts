import { MAX_TIMER_MS } from '../sockets/timeout.ts'

const FREE = 0
const HELD = 1
const CONTENDED = 2

const RESOLVED = Promise.resolve()

/**
 * Lets one thread at a time into a section of code, for data in a SharedArrayBuffer that threads change together; used
 * by handlers, mostly as a field of their server, where each thread of {@link ThreadingMixIn} finds the same lock.
 * It works between tasks of one thread too, but not between processes. It is not reentrant, and a thread that is ended
 * while it holds the lock leaves it locked. Follows CPython's `threading.Lock`; Python's documentation: "you will
 * probably have to use locks to protect the integrity of the shared data".
 */
export class Lock {
  #word: Int32Array<SharedArrayBuffer>

  /** Makes a lock that nobody holds. */
  constructor() {
    this.#word = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  }

  /** Resolves when the caller holds the lock, after whoever holds it now has released it. Blocks no event loop. */
  acquire(): Promise<void> {
    if (Atomics.compareExchange(this.#word, 0, FREE, HELD) === FREE) return RESOLVED
    return this.#acquireContended()
  }

  // The lock is marked contended by whoever waits, so that only a release that somebody waits for has to wake anyone.
  async #acquireContended(): Promise<void> {
    // Atomics.waitAsync() does not keep the event loop alive, and the program must not end while it waits for a lock.
    const alive = setInterval(() => {}, MAX_TIMER_MS)
    try {
      while (Atomics.exchange(this.#word, 0, CONTENDED) !== FREE) {
        await Atomics.waitAsync(this.#word, 0, CONTENDED).value
      }
    } finally {
      clearInterval(alive)
    }
  }

  /** Releases the lock, which any thread may do. @throws {TypeError} if nobody holds it. */
  release(): void {
    const before = Atomics.exchange(this.#word, 0, FREE)
    if (before === FREE) throw new TypeError('Cannot release the lock: it must be acquired first')
    if (before === CONTENDED) Atomics.notify(this.#word, 0, 1)
  }

  /** Runs `section` while holding the lock, and gives what it gives; Python's `with lock:`. */
  async run<T>(section: () => T | Promise<T>): Promise<T> {
    await this.acquire()
    try {
      return await section()
    } finally {
      this.release()
    }
  }

  /** @internal What another thread needs to have the same lock: see `over()`. */
  static bufferOf(lock: Lock): SharedArrayBuffer {
    return lock.#word.buffer
  }

  /** @internal The lock of another thread, from its `bufferOf()`. */
  static over(buffer: SharedArrayBuffer): Lock {
    const lock = new Lock()
    lock.#word = new Int32Array(buffer)
    return lock
  }
}
