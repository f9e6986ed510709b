import type { Readable, Writable } from 'node:stream'
import type { Isolation, ProgramEvent } from '@playground/protocol'
import type { Module } from '../transpile.ts'

/** Runs readers' programs. This folder alone knows how they are isolated. */
export interface Runner {
  readonly isolation: Isolation
  /** A sandbox for one session, that no other session has used or will use. */
  open(): Promise<Sandbox>
  /** Resolves when nothing is left of the sandboxes; those that are still open are closed. */
  close(): Promise<void>
}

/** Where the programs of one session run: they share its files and its loopback. */
export interface Sandbox {
  /** Resolves when the sandbox is no more: with the reason in words, or undefined if it was closed. */
  readonly ended: Promise<string | undefined>
  /** @throws an Error whose message is for the reader if no process could be made. */
  start(options: ProgramOptions): Promise<Program>
  /** Resolves when all processes and files are gone. Programs that should end in their own way are stopped before. */
  close(): Promise<void>
}

export interface ProgramOptions {
  run: number
  modules: readonly Module[]
  /** The name of the module to run. */
  entry: string
  arguments: readonly string[]
  /** Called with what the program says of itself, never before `start` has resolved. */
  onEvent: (event: ProgramEvent) => void
}

/** A running program and all that it has started. */
export interface Program {
  /** As the program itself sees it. */
  readonly pid: number
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /** Resolves when every process is gone and the output has been read to its end. */
  readonly exited: Promise<ProgramExit>
  /** What Ctrl-C in a terminal does: SIGINT for the program and the processes in its group. */
  interrupt(): void
  /** SIGTERM, a grace period, SIGKILL, for the whole tree; resolves when it is gone. The output must be flowing. */
  stop(graceMs: number): Promise<void>
}

export interface ProgramExit {
  code: number | null
  signal: string | null
  /** Which limit ended it, in words for the reader; undefined if none did. */
  limit: string | undefined
}
