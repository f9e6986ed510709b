import type { Limits } from '../../limits.ts'
import { AGENT, type Bind } from './sandbox-files.ts'

/** The descriptors that bubblewrap reads the filter from, and writes the pid of the sandbox to. */
export const SECCOMP_FD = 3
export const STATUS_FD = 4

/**
 * Since V8 13, of Node 24, each thread reserves half a gigabyte for its code, and Linux counts that as data: a limit would keep
 * Node from starting. Then memory is bounded by the watchdog alone.
 */
const IS_DATA_LIMITED = Number.parseInt(process.versions.v8) < 13

/** Starts a sandbox with an agent in it. */
export function bubblewrapArguments(binds: readonly Bind[], limits: Limits): string[] {
  return [
    // Namespaces of its own, of which it can make no more; it ends with the thread of the server that started it.
    ...['--unshare-all', '--unshare-user', '--disable-userns', '--die-with-parent', '--new-session'],
    ...['--cap-drop', 'ALL', '--uid', '1000', '--gid', '1000', '--hostname', 'playground'],
    ...['--seccomp', `${SECCOMP_FD}`, '--json-status-fd', `${STATUS_FD}`],
    ...binds.flatMap(({ source, target }) => ['--ro-bind', source, target]),
    ...['--proc', '/proc', '--dev', '/dev'],
    // bubblewrap itself: whoever could write to its memory could make the sandbox outlive a server that is killed.
    ...['--tmpfs', '/proc/1', '--remount-ro', '/proc/1'],
    ...temporaryFiles('/dev/shm', limits.sharedMemoryBytes),
    ...['--remount-ro', '/dev'],
    ...temporaryFiles('/tmp', limits.temporaryBytes),
    // After everything that is bound, because nothing can be bound below it any more.
    ...['--remount-ro', '/', '--chdir', '/tmp', '--'],
    // Inside the user namespace: outside, all sessions of the user would share one count of processes.
    '/usr/bin/prlimit',
    ...resourceLimit('nproc', limits.sessionProcesses),
    ...resourceLimit('nofile', limits.processDescriptors),
    ...resourceLimit('fsize', limits.fileBytes),
    ...resourceLimit('data', IS_DATA_LIMITED ? limits.processDataBytes : Infinity),
    ...resourceLimit('core', 0),
    ...['--', '/usr/bin/node', AGENT],
  ]
}

function temporaryFiles(path: string, bytes: number): string[] {
  return [...(Number.isFinite(bytes) ? ['--size', `${bytes}`] : []), '--tmpfs', path]
}

function resourceLimit(name: string, value: number): string[] {
  return Number.isFinite(value) ? [`--${name}=${value}`] : []
}
