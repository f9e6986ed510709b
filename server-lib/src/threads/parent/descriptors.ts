import { fstatSync } from 'node:fs'
import type { DescriptorWords } from '../descriptor-words.ts'

/** System calls that Node has not, or that warn in a thread of what another thread has opened. */
export interface DescriptorCalls {
  /** Gives a second descriptor of the same socket, or -1. */
  duplicate: (descriptor: number) => number
  close: (descriptor: number) => void
}

/** fcntl's F_DUPFD_CLOEXEC: dup(2) alone would leak the connection into every child process. */
const DUPLICATE_COMMANDS: Partial<Record<NodeJS.Platform, number>> = { linux: 1030, darwin: 67, freebsd: 17 }

let calls: DescriptorCalls | null | undefined

/** Null where the optional package koffi is not installed, or not to be used. */
export function descriptorCalls(): DescriptorCalls | null | Promise<DescriptorCalls | null> {
  return calls === undefined ? loadCalls() : calls
}

async function loadCalls(): Promise<DescriptorCalls | null> {
  const command = DUPLICATE_COMMANDS[process.platform]
  if (command === undefined || process.env['SOCKETSERVER_TS_NO_KOFFI'] === '1') return (calls = null)
  try {
    const { default: koffi } = await import('koffi')
    const libc = koffi.load(null)
    const fcntl = libc.func('int fcntl(int, int, ...)') as (...args: unknown[]) => number
    const close = libc.func('int close(int)') as (descriptor: number) => void
    calls = { duplicate: (descriptor) => fcntl(descriptor, command, 'int', 0), close }
  } catch {
    // The package is optional, and so is every platform that it is built for.
    calls = null
  }
  return calls
}

/** Holds a descriptor from the moment it is made for a thread until the thread has made it its own. */
export class DescriptorSlot {
  readonly index: number
  readonly #words: DescriptorWords
  #inode = 0n
  #close: DescriptorCalls['close'] = () => {}

  constructor(words: DescriptorWords, index: number) {
    this.#words = words
    this.index = index
  }

  put(descriptor: number, { close }: DescriptorCalls): void {
    this.#close = close
    this.#inode = fstatSync(descriptor, { bigint: true }).ino
    this.#words.offer(this.index, descriptor)
  }

  /** Closes the descriptor, unless the thread has claimed it: whether it has not. */
  withdraw(): boolean {
    const descriptor = this.#words.withdraw(this.index)
    if (descriptor === -1) return false
    this.#close(descriptor)
    return true
  }

  /** Called when the thread has ended or failed: closes a descriptor that it has not adopted. */
  reclaim(): void {
    const descriptor = this.#words.takeBack(this.index)
    if (descriptor === -1) return
    try {
      // A thread that ended just after it had adopted the descriptor has closed it, and its number may be another's.
      if (fstatSync(descriptor, { bigint: true }).ino === this.#inode) this.#close(descriptor)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EBADF') throw error
    }
  }
}
