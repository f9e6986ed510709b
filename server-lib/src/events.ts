import { channel } from 'node:diagnostics_channel'

/**
 * What is published by `node:diagnostics_channel` in the life of a server, each under the name `socketserver-ts.NAME`:
 * `subscribe('socketserver-ts.accepted', (message) => …)` of that module gets each with its fields.
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
  /** `{ server, request, clientAddress, thread }`: a handler begins, in the thread of this name. */
  started: channel('socketserver-ts.started'),
  /**
   * `{ request, address, tookMs }`: a client has connected to `address`, or opened a datagram socket, for which there is
   * none. `request` is its socket, as in what is received and sent.
   */
  connected: channel('socketserver-ts.connected'),
  /** `{ request, data }`: bytes have arrived on a stream; `address` too: a datagram has arrived at a client from there. */
  received: channel('socketserver-ts.received'),
  /** `{ request, data }`: a line was read, which may have taken several arrivals. */
  lineRead: channel('socketserver-ts.lineRead'),
  /** `{ request, data }`: bytes were given to a stream to send; `address` too: `request` is a socket of datagrams. */
  sent: channel('socketserver-ts.sent'),
  /** `{ server, request, clientAddress, thread }`: a handler has ended well. */
  finished: channel('socketserver-ts.finished'),
  /** `{ server, request, clientAddress, thread, error }`: a handler has thrown. */
  failed: channel('socketserver-ts.failed'),
  /** `{ request }`: a connection, of a server or a client, is closed, other than by being handed over. */
  disconnected: channel('socketserver-ts.disconnected'),
  /** `{ server }`: the server is closed. */
  closed: channel('socketserver-ts.closed'),
}
