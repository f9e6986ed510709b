import { DescriptorWords } from '../descriptor-words.ts'
import { DescriptorSlot } from './descriptors.ts'

/** A request of a thread, or its start. */
export interface Task {
  name: string
  slot: DescriptorSlot
  /** Called when the thread has claimed it from its queue. */
  claimed: () => void
  /** With false, the thread has not served it and never will. */
  resolve: (isServed: boolean) => void
  reject: (error: unknown) => void
}

let begins = 0

/** What a thread does, and the one request that waits with it, with which it goes on without having to be woken. */
export class ThreadTasks {
  readonly #words = DescriptorWords.of(2)
  readonly #slots = [new DescriptorSlot(this.#words, 0), new DescriptorSlot(this.#words, 1)] as const
  #current: Task | null = null
  #queued: Task | null = null
  /** The slot of a request that was withdrawn, as long as the thread may still look into it. */
  #withdrawn: DescriptorSlot | null = null
  #lastBegin = 0

  /** The words of the slots, for the thread. */
  get words(): SharedArrayBuffer {
    return this.#words.buffer
  }

  get isIdle(): boolean {
    return this.#current === null && this.#queued === null
  }

  /** Whether another request can wait behind the one in progress. */
  get hasRoom(): boolean {
    return this.#current !== null && this.#queued === null && this.#withdrawn === null
  }

  /** Grows from each begin of a request, in whatever thread, to the next. */
  get lastBegin(): number {
    return this.#lastBegin
  }

  /** The slot for the next request. */
  get freeSlot(): DescriptorSlot {
    const [first, second] = this.#slots
    return first === this.#current?.slot || first === this.#withdrawn ? second : first
  }

  add(task: Task): void {
    if (this.#current === null) this.#begin(task)
    else this.#queued = task
  }

  /** The request in progress, which is finished. */
  finish(): Task | null {
    const finished = this.#current
    this.#current = null
    return finished
  }

  /** The thread goes on with the request that waited. */
  beginQueued(): void {
    if (this.#queued === null) return
    this.#queued.claimed()
    this.#begin(this.#queued)
    this.#queued = null
  }

  /** Takes back the request that waits, unless the thread has claimed it; null if there is none. */
  withdraw(): Task | null {
    const queued = this.#queued
    if (queued === null || !queued.slot.withdraw()) return null
    this.#queued = null
    this.#withdrawn = queued.slot
    return queued
  }

  /** The thread has passed over the request that was withdrawn. */
  passed(): void {
    this.#withdrawn = null
  }

  /** Called when the thread has ended: the requests that it had begun. */
  end(): Task[] {
    this.#queued?.claimed()
    const begun = [this.#current, this.#queued].filter((task) => task !== null)
    this.#current = null
    this.#queued = null
    for (const slot of this.#slots) slot.reclaim()
    return begun
  }

  #begin(task: Task): void {
    this.#current = task
    this.#lastBegin = ++begins
  }
}
