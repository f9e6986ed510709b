import { lstat, mkdtemp, readdir, realpath, rm } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'

const NAME = 'socketserver-playground'
const REMOVE_RETRIES = 3

/** Named after the process that owns it, so that one whose server was killed is known. */
export async function makeTemporaryDirectory(): Promise<string> {
  // The real path, so that import.meta.url of a program equals the URL of its process.argv[1].
  return realpath(await mkdtemp(join(tmpdir(), `${NAME}-${hostname()}-${process.pid}-`)))
}

/** A program may leave a directory that cannot be removed; that is to be known, and no reason to end the server. */
export async function removeDirectory(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true, maxRetries: REMOVE_RETRIES })
  } catch (error) {
    console.error(`Cannot remove "${path}":`, error)
  }
}

/** Removes what servers of this machine have left that were killed. */
export async function removeAbandonedDirectories(): Promise<void> {
  const prefix = `${NAME}-${hostname()}-`
  for (const name of await readdir(tmpdir())) {
    const [, pid] = name.startsWith(prefix) ? (/^(\d+)-\w+$/.exec(name.slice(prefix.length)) ?? []) : []
    const path = join(tmpdir(), name)
    if (pid !== undefined && !isAlive(Number(pid)) && (await isOurs(path))) await removeDirectory(path)
  }
}

/** Others can make directories of any name there, and another server of ours may have removed this one by now. */
async function isOurs(path: string): Promise<boolean> {
  const entry = await lstat(path).catch(() => undefined)
  return entry?.isDirectory() === true && entry.uid === process.getuid?.()
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
