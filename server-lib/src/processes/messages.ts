import type { ErrorMessage } from '../remote/error-message.ts'
import type { ServerBlueprint } from '../remote/server-blueprint.ts'
import type { StreamState } from '../sockets/stream-socket.ts'

/** Parent to child, before its first request: imports the classes, so that the request does not wait for that. */
interface PrepareMessage {
  type: 'prepare'
  blueprint: ServerBlueprint
}

/** Parent to child: serves one request. The connection of a stream comes along as the message's handle. */
export interface ServeMessage {
  type: 'serve'
  blueprint: ServerBlueprint
  clientAddress: unknown
  request: StreamRequestMessage | DatagramRequestMessage
  /** A {@link RequestContext}, copied with `encodeCopy()`. */
  context: Uint8Array
}

interface StreamRequestMessage extends StreamState {
  kind: 'stream'
}

interface DatagramRequestMessage {
  kind: 'datagram'
  data: Uint8Array
  /** The address of the server's socket. */
  localAddress: unknown
}

/** What a request finds in the child: the server's fields as they are now, and what is called instead of `handle()`. */
export interface RequestContext {
  fields: Record<string, unknown>
  call: { method: string; args: unknown[] } | null
}

/** Parent to child: how a {@link SendMessage} has ended. */
export interface SentMessage {
  type: 'sent'
  id: number
  result: number | ErrorMessage
}

/** Parent to child: exits when the connections that it has served are closed. */
interface ExitMessage {
  type: 'exit'
}

export type ToChild = PrepareMessage | ServeMessage | SentMessage | ExitMessage

/** Child to parent: has imported the classes. */
interface ReadyMessage {
  type: 'ready'
}

/** Child to parent: the request is over, and its handler has not been run where there is an error. */
export interface FinishedMessage {
  type: 'finished'
  error: ErrorMessage | null
  /** Whether the handler has ended the process with a SystemExit. */
  exiting: boolean
}

/** Child to parent: sends a datagram through the server's socket. */
export interface SendMessage {
  type: 'send'
  id: number
  data: Uint8Array | string
  address: unknown
}

export type ToParent = ReadyMessage | FinishedMessage | SendMessage
