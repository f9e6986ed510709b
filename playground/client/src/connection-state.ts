/** What is true of the page's connection to its session. */
export type ConnectionState =
  | { name: 'closed' }
  | {
      name: 'open'
      /** What the reader should know of how the connection came back. */
      news?: string
      /** When the session ends unless the reader does something. */
      idleEndsAt?: number
    }
  | {
      name: 'lost'
      /** Until when the session waits for the page. */
      graceEndsAt: number
      /** When the page tries again; undefined while it does. */
      retryAt: number | undefined
      /** Why the last try has failed. */
      problem: string | undefined
    }
  /** The server has ended the session, and says why. */
  | { name: 'ended'; message: string }

export const RESUMED = 'Connected again: nothing was lost'
const IDLE = 'Nothing was done here for a while, so the session ends soon and its programs with it'

/** Why what ran is gone; the page cannot tell the two apart. */
export function newSessionText(graceMs: number): string {
  return `the playground server was restarted, or this page was away for more than ${seconds(graceMs)}`
}

/** What the reader should know of the connection, or undefined if there is nothing. */
export function connectionText(state: ConnectionState, now: number): string | undefined {
  switch (state.name) {
    case 'closed':
      return undefined
    case 'open':
      return state.idleEndsAt === undefined ? state.news : IDLE
    case 'lost': {
      const programs =
        now < state.graceEndsAt
          ? 'What runs here goes on without this page'
          : 'What ran here has ended, and is started again when the page is connected'
      return [`Connection lost. ${programs}`, state.problem].filter(Boolean).join('. ')
    }
    case 'ended':
      return `${state.message}. Your edits are kept: Start begins a new session`
  }
}

/** What changes from second to second; a screen reader is spared it. */
export function countdownText(state: ConnectionState, now: number): string {
  if (state.name === 'open') {
    return state.idleEndsAt === undefined ? '' : `It ends in ${seconds(state.idleEndsAt - now)}.`
  }
  if (state.name !== 'lost') return ''
  const retry = state.retryAt === undefined ? 'Connecting…' : `Next try in ${seconds(state.retryAt - now)}.`
  const graceMs = state.graceEndsAt - now
  return graceMs > 0 ? `Programs are kept for ${seconds(graceMs)}. ${retry}` : retry
}

function seconds(ms: number): string {
  return `${Math.max(0, Math.ceil(ms / 1000))} s`
}
