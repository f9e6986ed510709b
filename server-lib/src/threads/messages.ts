import type { MessagePort } from 'node:worker_threads'
import type { ErrorMessage } from '../remote/error-message.ts'
import type { ServerBlueprint } from '../remote/server-blueprint.ts'
import type { ServerCloseOptions } from '../servers/loop-control.ts'
import type { InetAddress } from '../sockets/address.ts'
import type { StreamState } from '../sockets/stream-socket.ts'

/** What every thread of the library is started with. */
export interface ThreadData {
  /** How many threads were started, by which they are named. */
  threadCount: SharedArrayBuffer
}

/** What a thread that serves requests is started with. */
export interface RequestThreadData extends ThreadData {
  /** The words of its DescriptorSlots. */
  slots: SharedArrayBuffer
}

/** How a request travels: its descriptor in a slot, its bytes through a port, or all of it as a datagram. */
export type RequestMessage =
  | { kind: 'descriptor'; slot: number; state: StreamState }
  | { kind: 'bridge'; port: MessagePort; localAddress: InetAddress }
  | { kind: 'datagram'; data: Uint8Array; localAddress: unknown }

/** A descriptor that a thread may send with, and who closes it. */
export interface LentMessage {
  descriptor: number
  /** The buffer of a DescriptorGate. */
  gate: SharedArrayBuffer
}

/** What has changed of a server since a thread was told of it. */
export interface ServerState {
  /** Null if it is the same. */
  blueprint: ServerBlueprint | null
  fields: Record<string, unknown>
}

export interface ServeMessage {
  kind: 'serve'
  /** The name of the thread for this request. */
  name: string
  /** Whether the thread had another request when this one was sent; it may then be withdrawn until it is claimed. */
  isQueued: boolean
  state: ServerState
  request: RequestMessage
  /** Null if it is the same as before, or none. */
  lent: LentMessage | null
  clientAddress: unknown
}

export type ToRequestThread =
  | ServeMessage
  | AnswerMessage
  /** The requests that were not finished in time are to end. */
  | { kind: 'abort' }
  /** No request will follow: the thread ends when its connections are closed. */
  | { kind: 'end' }

export type FromRequestThread =
  | CallMessage<Call>
  /** The thread has claimed the request that was queued for it, or has seen that it was withdrawn. */
  | { kind: 'claimed' | 'passed' }
  /**
   * The thread has finished a request, and may have claimed the next that was queued; `error` says why the one could not
   * be served at all.
   */
  | { kind: 'free'; hasClaimed: boolean; error?: ErrorMessage }

export type ToLoopThread =
  | { kind: 'serve'; name: string; blueprint: ServerBlueprint; fields: Record<string, unknown> }
  | CallMessage<LoopCall>

export type FromLoopThread =
  | AnswerMessage
  | { kind: 'listening'; serverAddress: unknown }
  /** The server could not be made, or could not listen. */
  | { kind: 'failed'; error: ErrorMessage }
  /** The loop has ended; the server still holds its address. */
  | { kind: 'stopped' }

/** What is asked of a server where its loop runs. */
export type LoopCall = { method: 'shutdown' } | { method: 'serverClose'; options: ServerCloseOptions }

/** What a thread that serves requests asks for. */
export type Call = LoopCall | { method: 'send'; data: Uint8Array | string; address: unknown }

export interface CallMessage<T extends Call> {
  kind: 'call'
  id: number
  call: T
}

export interface AnswerMessage {
  kind: 'answer'
  id: number
  value?: unknown
  error?: ErrorMessage
}

/** Between the two ends of a bridge, both ways. */
export type BridgeMessage =
  | { kind: 'data'; bytes: Uint8Array }
  /** So many bytes have been taken, and may be followed by as many. */
  | { kind: 'credit'; bytes: number }
  | { kind: 'end' }
  /** This end is closed; before an `end`, it has broken off. */
  | { kind: 'closed'; error?: ErrorMessage }
  | { kind: 'noDelay'; noDelay: boolean }
