import { channel } from 'node:diagnostics_channel'

/**
 * What is published by `node:diagnostics_channel` in the life of a server, each under the name `socketserver-ts.NAME`.
 * Publishers look at `hasSubscribers` first, so that nothing is made where nobody listens. A request that a thread or a
 * child process serves is `started`, `finished` or `failed` there, and `accepted` where its server is.
 */
export const events = {
  /** `{ server, address }`: the address is bound. */
  listening: channel('socketserver-ts.listening'),
  /** `{ server, request, clientAddress }`: a request has arrived and waits to be begun. */
  accepted: channel('socketserver-ts.accepted'),
  /** `{ server, request, clientAddress }`: a request has arrived and is refused by a limit. */
  refused: channel('socketserver-ts.refused'),
  /** `{ server, request, clientAddress }`: a handler begins. */
  started: channel('socketserver-ts.started'),
  /** `{ request, data }`: bytes have arrived on a stream. */
  received: channel('socketserver-ts.received'),
  /** `{ request, data }`: bytes were given to a stream to send. */
  sent: channel('socketserver-ts.sent'),
  /** `{ server, request, clientAddress }`: a handler has ended well. */
  finished: channel('socketserver-ts.finished'),
  /** `{ server, request, clientAddress, error }`: a handler has thrown. */
  failed: channel('socketserver-ts.failed'),
  /** `{ server }`: the server is closed. */
  closed: channel('socketserver-ts.closed'),
}
