import { once } from 'node:events'
import { type BigIntStats, lstatSync, renameSync, unlinkSync } from 'node:fs'
import { connect } from 'node:net'
import { resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { isSystemError } from '../errors.ts'
import { isAbstractName, type UnixAddress } from './address.ts'

/** A server that has bound its file and does not listen yet refuses connections too; it is not given up so quickly. */
const SECOND_LOOK_MS = 20

/** The file of a Unix socket, known by its inode: its own to remove, and never what has taken its place. */
export class UnixSocketFile {
  /** The path as it was bound, which may be relative. */
  readonly #boundPath: string
  readonly #path: string
  readonly #identity: string

  private constructor(path: UnixAddress, stats: BigIntStats) {
    this.#boundPath = path
    this.#path = resolve(path)
    this.#identity = identityOf(stats)
  }

  /** The file of a socket that has just been bound; null for an abstract name, which has none. */
  static of(path: UnixAddress): UnixSocketFile | null {
    if (isAbstractName(path)) return null
    const stats = statsOf(path)
    return stats === undefined ? null : new UnixSocketFile(path, stats)
  }

  /**
   * Runs `bind`, once more if the path is taken by a socket file that nobody has open any more.
   * @throws what `bind` throws, EADDRINUSE for a path that is in use or is no socket.
   */
  static async bind<Bound>(path: UnixAddress, bind: () => Bound | Promise<Bound>): Promise<Bound> {
    try {
      return await bind()
    } catch (error) {
      const isTaken = isSystemError(error) && error.code === 'EADDRINUSE' && !isAbstractName(path)
      if (!isTaken || !(await removeStale(path))) throw error
    }
    return bind()
  }

  /** Removes the file if it is still the one that was bound. */
  remove(): void {
    if (isAt(this.#path, this.#identity)) ignoring('ENOENT', () => unlinkSync(this.#path))
  }

  /**
   * Runs `close`, then `remove()`. When libuv closes a listening socket it unlinks the path as it was bound, whatever
   * is there by then, so a file that is not this socket's is put aside meanwhile.
   */
  removeWith(close: () => void): void {
    const isOthers = statsOf(this.#boundPath) !== undefined && !isAt(this.#boundPath, this.#identity)
    const aside = isOthers ? putAside(this.#boundPath) : null
    try {
      close()
    } finally {
      if (aside !== null) renameSync(aside, this.#boundPath)
      this.remove()
    }
  }
}

/** Removes a socket file that nobody has open; false if somebody has, or if it is no socket. */
async function removeStale(path: string): Promise<boolean> {
  const stats = statsOf(path)
  if (stats === undefined) return true
  if (!stats.isSocket() || (await isInUse(path))) return false
  await setTimeout(SECOND_LOOK_MS)
  if (await isInUse(path)) return false
  const aside = putAside(path)
  if (aside === null) return true
  if (isAt(aside, identityOf(stats))) {
    unlinkSync(aside)
    return true
  }
  // Another server took the stale file over in the meantime, and this is the file of its own.
  renameSync(aside, path)
  return false
}

/** Whether a socket stands behind the file; one for datagrams answers with EPROTOTYPE, a full backlog with EAGAIN. */
async function isInUse(path: string): Promise<boolean> {
  const socket = connect({ path })
  try {
    await once(socket, 'connect')
    return true
  } catch (error) {
    return !isSystemError(error) || (error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT')
  } finally {
    socket.destroy()
  }
}

/** Renames a file, so that what it is can be looked at while nobody can exchange it; null if it is gone. */
function putAside(path: string): string | null {
  const aside = `${path}.${process.pid}.aside`
  return ignoring('ENOENT', () => renameSync(path, aside)) ? aside : null
}

function isAt(path: string, identity: string): boolean {
  const stats = statsOf(path)
  return stats !== undefined && identityOf(stats) === identity
}

// Inode numbers are used again at once on some file systems, so the time of birth belongs to it.
function identityOf({ dev, ino, birthtimeNs }: BigIntStats): string {
  return `${dev}:${ino}:${birthtimeNs}`
}

function statsOf(path: string): BigIntStats | undefined {
  return lstatSync(path, { bigint: true, throwIfNoEntry: false })
}

/** Runs `action`; false if it failed with the error `code`. */
function ignoring(code: string, action: () => void): boolean {
  try {
    action()
    return true
  } catch (error) {
    if (isSystemError(error) && error.code === code) return false
    throw error
  }
}
