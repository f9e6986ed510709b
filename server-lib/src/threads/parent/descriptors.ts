import { closeSync, fstatSync } from 'node:fs'

/** Gives a second descriptor of the same connection, or -1. */
export type Duplicate = (descriptor: number) => number

/** fcntl's F_DUPFD_CLOEXEC: dup(2) alone would leak the connection into every child process. */
const DUPLICATE_COMMANDS: Partial<Record<NodeJS.Platform, number>> = { linux: 1030, darwin: 67, freebsd: 17 }

let duplicate: Duplicate | null | undefined

/** How to duplicate a descriptor here; null where that needs the optional package koffi and there is none. */
export function duplicateDescriptor(): Duplicate | null | Promise<Duplicate | null> {
  return duplicate === undefined ? loadDuplicate() : duplicate
}

async function loadDuplicate(): Promise<Duplicate | null> {
  const command = DUPLICATE_COMMANDS[process.platform]
  if (command === undefined || process.env['SOCKETSERVER_TS_NO_KOFFI'] === '1') return (duplicate = null)
  try {
    const { default: koffi } = await import('koffi')
    const fcntl = koffi.load(null).func('int fcntl(int, int, ...)') as (...args: unknown[]) => number
    duplicate = (descriptor) => fcntl(descriptor, command, 'int', 0)
  } catch {
    // The package is optional, and so is every platform that it is built for.
    duplicate = null
  }
  return duplicate
}

/** Holds a descriptor from the moment it is made for a thread until the thread has made it its own. */
export class DescriptorSlot {
  /** One Int32, shared with the thread, which sets it to -1 when it has adopted the descriptor. */
  readonly buffer = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)
  readonly #word = new Int32Array(this.buffer).fill(-1)
  #inode = 0n

  put(descriptor: number): void {
    this.#inode = fstatSync(descriptor, { bigint: true }).ino
    Atomics.store(this.#word, 0, descriptor)
  }

  /** Called when the thread has ended or failed: closes a descriptor that it has not adopted. */
  reclaim(): void {
    const descriptor = Atomics.exchange(this.#word, 0, -1)
    if (descriptor === -1) return
    try {
      // A thread that ended just after it had adopted the descriptor has closed it, and its number may be another's.
      if (fstatSync(descriptor, { bigint: true }).ino === this.#inode) closeSync(descriptor)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EBADF') throw error
    }
  }
}
