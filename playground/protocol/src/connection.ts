/** The path of the WebSocket, relative to the site's base. */
export const SESSION_PATH = 'session'

/** The subprotocol that both ends speak; the server selects this one and never echoes the token. */
export const SUBPROTOCOL = 'socketserver-playground.v1'

/** The page offers its token as a second subprotocol with this prefix: a browser cannot set headers on a WebSocket. */
export const TOKEN_SUBPROTOCOL_PREFIX = 'token.'

/** A text message longer than this is refused with `too-large`. */
export const MAX_MESSAGE_BYTES = 256 * 1024

/** The server pauses a run's output when this many bytes wait for the page's acknowledgement. */
export const OUTPUT_HIGH_WATER_BYTES = 1024 * 1024

/** The page acknowledges at least as often as this many bytes; far below what may wait, so a run never stalls. */
export const ACKNOWLEDGE_EVERY_BYTES = 32 * 1024
