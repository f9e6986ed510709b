import type { Output, ServerMessage } from '@playground/protocol'

/** Hears what a server would say of the runs of a session. */
export interface SessionEvents {
  message(message: ServerMessage): void
  output(output: Output): void
}
