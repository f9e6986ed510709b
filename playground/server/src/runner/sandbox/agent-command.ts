import type { Module } from '../../transpile.ts'
import type { StreamKind } from './frames.ts'

/** What the server tells the agent of a sandbox, one JSON object a line. */
export type AgentCommand =
  | { type: 'start'; run: number; modules: readonly Module[]; entry: string; arguments: readonly string[] }
  /** Bytes for the standard input, in base64; the agent answers `taken` when the program has them. */
  | { type: 'input'; run: number; data: string }
  | { type: 'end-input'; run: number }
  | { type: 'interrupt'; run: number }
  | { type: 'stop'; run: number; graceMs: number }
  /** The server has room for this many more bytes of the stream. */
  | { type: 'credit'; run: number; stream: StreamKind; bytes: number }
