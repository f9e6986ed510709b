/** What `serveForever()` takes. */
export interface ServeForeverOptions {
  /** Milliseconds between calls of an overridden `serviceActions()` while nothing arrives; 500 by default. */
  pollInterval?: number
  /**
   * Signals that end the loop, as `shutdown()` does, so that the program can drain with `serverClose({ timeout })`;
   * none by default. A second signal does what it does to every program.
   */
  signals?: readonly NodeJS.Signals[]
}

/** What `serverClose()` takes. */
export interface ServerCloseOptions {
  /** Milliseconds that requests in progress may take to finish before they are ended; without it or with Infinity, as long as they need. */
  timeout?: number
}

/** Reaches a loop that runs in another thread than the server object that stands for it. */
export interface LoopControl {
  shutdown: () => Promise<void>
  serverClose: (options: ServerCloseOptions) => Promise<void>
}
